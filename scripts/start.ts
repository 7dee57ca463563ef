/** `npm start`: runs the whole control plane on this machine. See `-- --help`. */
import { serve } from '../local/server/serve';

// Hides the SDK's warning about old Node versions. The project chooses its version in .nvmrc.
// Everything in the folder is its owner's alone.
process.umask(0o077);
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const stopped = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
});

void serve(process.argv.slice(2), {
  write: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
  stopped,
}).then((status) => {
  // process.exit could end the process before a pipe has received all output.
  process.exitCode = status;
});
