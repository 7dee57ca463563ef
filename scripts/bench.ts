/** `npm run bench`: measures the API function's own time, and the size of the functions. See `-- --help`. */
import { run } from './command/terminal';
import { main } from './bench/main';

// Hides the SDK's warning about old Node versions. The project chooses its version in .nvmrc.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

void run(main);
