/** `npm run explore`: explores every interleaving of small worlds. See `-- --help`. */
import { run } from './command/terminal';
import { main } from './explore/main';

void run(main);
