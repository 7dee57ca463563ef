/** `npm run simulate`: runs the whole system under seeded faults. See `-- --help`. */
import { main } from './simulate/main';

// Hides the SDK's warning about old Node versions. The project chooses its version in .nvmrc.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

void main(process.argv.slice(2), {
  write: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
}).then((status) => {
  // process.exit could end the process before a pipe has received all output.
  process.exitCode = status;
});
