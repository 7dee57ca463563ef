/** `npm start`: the whole control plane on this machine. See `-- --help`. */
import { serve } from '../local/server/serve';

// The SDK announces that it will drop this version of Node. The version to run on is the project's choice (.nvmrc).
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const stopped = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
});

void serve(process.argv.slice(2), {
  write: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
  stopped,
}).then((status) => {
  // Not process.exit: a pipe may still have to take in what was written.
  process.exitCode = status;
});
