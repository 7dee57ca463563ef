/** `npm run simulate`: the whole system under seeded faults. See `-- --help`. */
import { main } from './simulate/main';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

void main(process.argv.slice(2), {
  write: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
}).then((status) => {
  // Not process.exit: a pipe may still have to take in what was written.
  process.exitCode = status;
});
