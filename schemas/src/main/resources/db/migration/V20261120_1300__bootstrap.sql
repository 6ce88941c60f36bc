-- What the first start makes. Each of these changes nothing when it is there already, and says whether it made something;
-- a key that was deleted stays deleted.
create function bootstrap_project(new_id uuid, new_name text, new_retention_days int, control_value bytea)
  returns boolean language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if exists (select from projects where id = new_id) then
    return false;
  end if;
  perform create_project(new_id, new_name, new_retention_days, control_value);
  return true;
end $$;

create function bootstrap_api_key(new_id uuid, for_project uuid, new_name text, new_public_key text,
                                  new_secret_sha256 bytea, new_scopes text[], control_value bytea)
  returns boolean language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if exists (select from api_keys where secret_sha256 = new_secret_sha256) then
    return false;
  end if;
  perform create_api_key(new_id, for_project, new_name, new_public_key, new_secret_sha256, new_scopes, null, control_value);
  return true;
end $$;

create function bootstrap_user(new_id uuid, new_email text, new_password_hash text)
  returns boolean language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  insert into users (id, email, password_hash) values (new_id, new_email, new_password_hash) on conflict (email) do nothing;
  return found;
end $$;

create function user_exists(wanted text)
  returns boolean language sql stable security definer set search_path = public, pg_temp
as $$ select exists (select from users where email = wanted) $$;

revoke all on function bootstrap_project(uuid, text, int, bytea),
  bootstrap_api_key(uuid, uuid, text, text, bytea, text[], bytea), bootstrap_user(uuid, text, text), user_exists(text)
  from public;
grant execute on function bootstrap_project(uuid, text, int, bytea),
  bootstrap_api_key(uuid, uuid, text, text, bytea, text[], bytea), bootstrap_user(uuid, text, text), user_exists(text)
  to millrace_api;
