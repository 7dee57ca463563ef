/** `npm run demo`: a stateful node loses its instance and keeps its addresses. See `-- --help`. */
import { main } from './demo/main';

// Hides the SDK's warning about old Node versions, which would appear in the middle of the report. The project chooses
// its version in .nvmrc.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

void main(process.argv.slice(2), {
  isTTY: process.stdout.isTTY,
  environment: process.env,
  write: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
}).then((status) => {
  // process.exit could end the process before a pipe has received all output.
  process.exitCode = status;
});
