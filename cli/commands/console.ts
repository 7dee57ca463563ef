import * as z from 'zod';
import { whole } from '../command-line/arguments';
import { command } from '../command-line/command';
import { startProxy } from '../console/proxy';
import { Failed } from '../failures';

export const consoleCommand = command({
  path: 'console',
  summary: 'Open the web console with your AWS credentials, until Ctrl-C',
  description:
    'Serves the console of the deployment on this machine, and signs what it sends as every other command does. Only this ' +
    'machine can reach it, and only with the URL that is printed.',
  examples: ['holdfast --stack Holdfast console'],
  options: z.object({
    port: whole('port', 1, 65_535, 'The port on this machine. Default: any free one.'),
  }),
  run: async (context, { port = 0 }) => {
    const connection = await context.connection();
    const { fetch, stdout, interrupted } = context.shell;
    const proxy = await startProxy({ connection, fetch, port }).catch((error: unknown) => {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EADDRINUSE') throw new Failed(`Port ${port} is in use: give another --port.`);
      if (code === 'EACCES') throw new Failed(`You may not listen on port ${port}: give a --port above 1023.`);
      throw error;
    });
    stdout.write(`The console is at ${proxy.url}\nCtrl-C ends it.\n`);
    await interrupted();
    await proxy.close();
    return { text: () => '' };
  },
});
