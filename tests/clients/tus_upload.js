// Uploads one file with tus-js-client; with `abortAfter`, gives up there once and goes on with a second upload.
const fs = require("node:fs");
const tus = require("tus-js-client");

const { file, endpoint, headers, abortAfter, ...options } = JSON.parse(process.argv[2]);

function upload(url) {
  return new Promise((resolve, reject) => {
    let isAborted = false;
    const it = new tus.Upload(fs.createReadStream(file), {
      ...options,
      endpoint: url ? null : endpoint,
      uploadUrl: url,
      headers,
      metadata: { filename: "large.bin" },
      retryDelays: [0, 100, 500],
      onError: reject,
      onSuccess: () => resolve(null),
      onChunkComplete: (size, accepted) => {
        if (abortAfter && !url && accepted >= abortAfter && !isAborted) {
          isAborted = true;
          it.abort().then(() => resolve(it.url), reject);
        }
      },
    });
    it.start();
  });
}

upload(null)
  .then((url) => (url ? upload(url) : null))
  .catch((error) => {
    console.error(String(error));
    process.exit(1);
  });
