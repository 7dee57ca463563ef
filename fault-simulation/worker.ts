/** A worker process: runs its share of the seeds and sends its parent the result of each. */
import { runSeed, type Share } from './batch';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

process.once('message', (share: Share) => {
  void runSeeds(share).finally(() => {
    // The parent may have exited already.
    if (process.connected) process.disconnect();
  });
});

async function runSeeds({ template, seeds, options }: Share): Promise<void> {
  for (const seed of seeds) {
    const result = await runSeed(seed, template, options);
    await new Promise<void>((resolve, reject) => {
      process.send!(result, (error: Error | null) => (error === null ? resolve() : reject(error)));
    });
  }
}
