package io.millrace.embedded;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.io.network.netty.InboundChannelHandlerFactory;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelFutureListener;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandler;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandlerContext;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelInboundHandlerAdapter;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.DefaultFullHttpResponse;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpHeaderNames;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpRequest;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpResponseStatus;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpVersion;
import org.apache.flink.shaded.netty4.io.netty.util.ReferenceCountUtil;

/**
 * Lets only those use Flink's REST endpoint who know its password (HTTP Basic). Flink finds this class as a service; it
 * does nothing in a cluster that has no {@link #PASSWORD} in its configuration.
 */
public final class RestPassword implements InboundChannelHandlerFactory {
    /** The user whom the endpoint expects. */
    public static final String USER = "millrace";

    static final ConfigOption<String> PASSWORD =
            ConfigOptions.key("millrace.rest.password").stringType().noDefaultValue();

    @Override
    public int priority() {
        return 0;
    }

    @Override
    public Optional<ChannelHandler> createHandler(Configuration configuration, Map<String, String> responseHeaders) {
        return configuration.getOptional(PASSWORD).map(password -> new Guard(header(password)));
    }

    /** The value of the {@code Authorization} header that the endpoint expects. */
    static String header(String password) {
        var pair = (USER + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    private static final class Guard extends ChannelInboundHandlerAdapter {
        private final byte[] expected;

        Guard(String expected) {
            this.expected = expected.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
            if (!(message instanceof HttpRequest request) || isAllowed(request)) {
                super.channelRead(context, message);
                return;
            }
            ReferenceCountUtil.release(message);
            var refusal = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.UNAUTHORIZED);
            refusal.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Basic realm=\"flink\"");
            refusal.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
            context.writeAndFlush(refusal).addListener(ChannelFutureListener.CLOSE);
        }

        private boolean isAllowed(HttpRequest request) {
            var given = request.headers().get(HttpHeaderNames.AUTHORIZATION, "");
            return MessageDigest.isEqual(expected, given.getBytes(StandardCharsets.UTF_8));
        }
    }
}
