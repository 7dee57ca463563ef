/** `npm run smoke`: tests a deployment in a real AWS account. See `-- --help`. */
import { randomBytes } from 'node:crypto';
import { main } from './smoke/main';

// Hides the SDK's warning about old Node versions. The project chooses its version in .nvmrc.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const RUN_ID_BYTES = 4;
const stop = new AbortController();
const giveUp = new AbortController();

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) {
      giveUp.abort();
      return;
    }
    process.stderr.write('Stopping. Everything is removed now, which takes some minutes. Ctrl-C again leaves it.\n');
    stop.abort();
  });
}

void main(process.argv.slice(2), {
  environment: process.env,
  newRunId: () => randomBytes(RUN_ID_BYTES).toString('hex'),
  stop: stop.signal,
  giveUp: giveUp.signal,
  write: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
}).then((status) => {
  process.exitCode = status;
  // The clean-up that the user gave up would still keep the process.
  if (giveUp.signal.aborted) process.exit();
});
