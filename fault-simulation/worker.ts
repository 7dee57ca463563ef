/** A process that plays its share of the seeds and tells its parent of each. */
import { playSeed, type Share } from './batch';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

process.once('message', (share: Share) => {
  void play(share).finally(() => {
    // The parent may be gone by now.
    if (process.connected) process.disconnect();
  });
});

async function play({ template, seeds }: Share): Promise<void> {
  for (const seed of seeds) {
    const result = await playSeed(seed, template);
    await new Promise<void>((resolve, reject) => {
      process.send!(result, (error: Error | null) => (error === null ? resolve() : reject(error)));
    });
  }
}
