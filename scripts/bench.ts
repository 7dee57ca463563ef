/** `npm run bench`: what the API function itself takes, and how large the functions are. See `-- --help`. */
import { main } from './bench/main';

// The SDK announces that it will drop this version of Node. The version to run on is the project's choice (.nvmrc).
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

void main(process.argv.slice(2), {
  write: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
}).then((status) => {
  // Not process.exit: a pipe may still have to take in what was written.
  process.exitCode = status;
});
