'use strict';

// Renders /openapi.json. Text reaches the page as text only, never as markup.

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

function element(name, content, attributes) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  for (const part of [].concat(content === undefined ? [] : content)) made.append(part);
  return made;
}

function resolver(root) {
  return function resolve(node) {
    if (!node || !node.$ref) return node || {};
    const found = node.$ref.slice(2).split('/').reduce((at, key) => (at || {})[key], root);
    const rest = Object.assign({}, node);
    delete rest.$ref;
    return Object.assign({}, found, rest);
  };
}

function typeOf(schema, resolve) {
  const is = resolve(schema);
  if (is.const !== undefined) return JSON.stringify(is.const);
  if (is.enum) return is.enum.map((value) => JSON.stringify(value)).join(' | ');
  for (const either of ['oneOf', 'anyOf', 'allOf']) {
    if (is[either]) return is[either].map((one) => typeOf(one, resolve)).join(either === 'allOf' ? ' & ' : ' | ');
  }
  const type = [].concat(is.type || 'any').join(' | ');
  return is.format ? type + ' (' + is.format + ')' : type;
}

// A schema as an outline; a schema within itself is named only.
function outline(schema, resolve, indent, seen) {
  const reference = schema && schema.$ref;
  if (reference && seen.includes(reference)) return reference.split('/').pop();
  const path = reference ? seen.concat(reference) : seen;
  const is = resolve(schema);
  const pad = '  '.repeat(indent + 1);
  if (is.items) return '[' + outline(is.items, resolve, indent, path) + ']';
  for (const either of ['oneOf', 'anyOf']) {
    if (is[either]) return is[either].map((one) => outline(one, resolve, indent, path)).join('\n' + pad + '| ');
  }
  if (is.allOf) return is.allOf.map((one) => outline(one, resolve, indent, path)).join(' & ');
  if (is.properties) {
    const needed = is.required || [];
    const lines = Object.entries(is.properties).map(([name, of]) => {
      const about = resolve(of).description;
      return pad + name + (needed.includes(name) ? '' : '?') + ': '
        + outline(of, resolve, indent + 1, path) + (about ? '  // ' + about : '');
    });
    return '{\n' + lines.join('\n') + '\n' + '  '.repeat(indent) + '}';
  }
  if (is.additionalProperties && typeof is.additionalProperties === 'object') {
    return '{ [name]: ' + outline(is.additionalProperties, resolve, indent, path) + ' }';
  }
  return typeOf(is, resolve);
}

function content(of, resolve) {
  return Object.entries(of || {}).flatMap(([type, body]) => [
    element('p', element('code', type)),
    element('pre', outline(body.schema, resolve, 0, [])),
  ]);
}

function parameters(list, resolve) {
  const rows = list.map((parameter) => element('tr', [
    element('td', element('code', parameter.name)),
    element('td', parameter.in + (parameter.required ? ', required' : '')),
    element('td', typeOf(parameter.schema, resolve)),
    element('td', parameter.description || resolve(parameter.schema).description || ''),
  ]));
  const head = element('tr', ['name', 'in', 'type', 'meaning'].map((text) => element('th', text, { scope: 'col' })));
  return element('table', [element('thead', head), element('tbody', rows)]);
}

function curl(method, path, operation, list) {
  const query = list.filter((one) => one.in === 'query' && one.required).map((one) => one.name + '=...').join('&');
  const parts = ['curl -X ' + method.toUpperCase() + " '" + location.origin + path + (query ? '?' + query : '') + "'"];
  if (!operation.security || operation.security.length > 0) parts.push("-H 'Authorization: Bearer '\"$KEY\"");
  if (operation.requestBody) parts.push("-H 'Content-Type: application/json' -d '{...}'");
  return parts.join(' \\\n  ');
}

function describe(path, method, operation, shared, resolve) {
  const list = shared.concat(operation.parameters || []).map(resolve);
  const section = element('section', [
    element('h2', method.toUpperCase() + ' ' + path),
    element('p', operation.summary || ''),
  ], { id: operation.operationId });
  if (operation.description) section.append(element('p', operation.description));
  if (list.length > 0) section.append(element('h3', 'Parameters'), parameters(list, resolve));
  if (operation.requestBody) {
    section.append(element('h3', 'Request'), ...content(resolve(operation.requestBody).content, resolve));
  }
  for (const [status, response] of Object.entries(operation.responses || {})) {
    const is = resolve(response);
    section.append(element('h3', status + ' ' + (is.description || '')), ...content(is.content, resolve));
  }
  section.append(element('h3', 'Example'), element('pre', curl(method, path, operation, list)));
  return section;
}

function render(root) {
  const resolve = resolver(root);
  const contents = element('ul');
  document.getElementById('title').textContent = root.info.title + ' ' + root.info.version;
  document.getElementById('about').textContent = root.info.description || '';
  for (const [path, item] of Object.entries(root.paths)) {
    for (const method of METHODS.filter((name) => item[name])) {
      const operation = item[method];
      const link = element('a', method.toUpperCase() + ' ' + path, { href: '#' + operation.operationId });
      contents.append(element('li', link));
      document.getElementById('operations')
        .append(describe(path, method, operation, item.parameters || [], resolve));
    }
  }
  document.getElementById('contents').append(contents);
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

fetch('/openapi.json')
  .then((answer) => {
    if (!answer.ok) throw new Error('/openapi.json answered ' + answer.status);
    return answer.json();
  })
  .then(render)
  .catch((error) => { document.getElementById('about').textContent = String(error); });
