/** `npm run mutate:workflows`: mutation testing of the state machine definitions. See `-- --help`. */
import { run } from './command/terminal';
import { main } from './mutate-workflows/main';

void run(main);
