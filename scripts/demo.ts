/** `npm run demo`: a stateful node loses its instance and keeps its addresses. See `-- --help`. */
import { main } from './demo/main';

// The SDK announces that it will drop this version of Node, in the middle of the report. The version to run on is
// the project's choice (.nvmrc), not that of a person who looks at a demo.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

void main(process.argv.slice(2), {
  isTTY: process.stdout.isTTY,
  environment: process.env,
  write: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
}).then((status) => {
  // Not process.exit: a pipe may still have to take in what was written.
  process.exitCode = status;
});
