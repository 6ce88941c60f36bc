package io.millrace.blob;

import java.net.URI;
import java.util.Properties;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStoreContext;

/** A server of the S3 API in this process, with its objects in memory. */
final class S3Server implements AutoCloseable {
    private static final String ACCESS = "tests";
    private static final String SECRET = "the-secret-of-the-tests";

    private final BlobStoreContext objects;
    private final S3Proxy server;
    private final String bucket;

    private S3Server(BlobStoreContext objects, S3Proxy server, String bucket) {
        this.objects = objects;
        this.server = server;
        this.bucket = bucket;
    }

    static S3Server start(String bucket) throws Exception {
        BlobStoreContext objects = ContextBuilder.newBuilder("transient")
                .credentials("nobody", "nothing")
                .overrides(new Properties())
                .buildView(BlobStoreContext.class);
        objects.getBlobStore().createContainerInLocation(null, bucket);
        S3Proxy server = S3Proxy.builder()
                .blobStore(objects.getBlobStore())
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, ACCESS, SECRET)
                .build();
        server.start();
        return new S3Server(objects, server, bucket);
    }

    BlobStoreConfig.S3 config() {
        return new BlobStoreConfig.S3(
                "http://127.0.0.1:" + server.getPort(), bucket, BlobStoreConfig.USUAL_REGION, ACCESS, SECRET);
    }

    /** How many objects were begun in parts and are not there yet. */
    int unfinished() {
        return objects.getBlobStore().listMultipartUploads(bucket).size();
    }

    @Override
    public void close() throws Exception {
        server.stop();
        objects.close();
    }
}
