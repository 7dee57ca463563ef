/** `npm run simulate`: runs the whole system under seeded faults. See `-- --help`. */
import { run } from './command/terminal';
import { main } from './simulate/main';

// Hides the SDK's warning about old Node versions. The project chooses its version in .nvmrc.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

void run(main);
