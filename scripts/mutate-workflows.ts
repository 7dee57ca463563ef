/** `npm run mutate:workflows`: mutation testing of the state machine definitions. See `-- --help`. */
import { main } from './mutate-workflows/main';

void main(process.argv.slice(2), {
  write: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
}).then((status) => {
  // process.exit could end the process before a pipe has received all output.
  process.exitCode = status;
});
