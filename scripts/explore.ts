/** `npm run explore`: explores every interleaving of small worlds. See `-- --help`. */
import { main } from './explore/main';

void main(process.argv.slice(2), {
  write: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
}).then((status) => {
  // process.exit could end the process before a pipe has received all output.
  process.exitCode = status;
});
