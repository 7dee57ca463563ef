/** The process of `npx holdfast`. holdfast.cjs loads it. */
import { ExitStatus } from './exit-status';
import { main } from './main';
import { processShell } from './process-shell';

// Hides the SDK's warning about old Node versions. The project chooses its versions in package.json.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

// `holdfast list | head` closes the pipe early, which is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

void main(process.argv.slice(2), processShell())
  .catch((error: unknown) => {
    // A bug of the command line. The stack is for its developers.
    const isDebugging = (process.env.HOLDFAST_DEBUG ?? '') !== '';
    const reason = error instanceof Error ? (isDebugging ? error.stack : error.message) : String(error);
    process.stderr.write(`holdfast has a fault of its own: ${reason ?? ''}\nHOLDFAST_DEBUG=1 shows where.\n`);
    return ExitStatus.failed;
  })
  .then((status) => {
    // process.exit could end the process before a pipe has received all output.
    process.exitCode = status;
  });
