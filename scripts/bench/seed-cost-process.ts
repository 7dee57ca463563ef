/** Plays seeds, and prints the CPU time of each, in milliseconds. */
import { runSeed } from '../../fault-simulation/batch';
import { synthesize } from '../../local/synthesize';

/** Played first, because code runs slowly until V8 has optimised it. */
const WARM_UP_SEEDS = 10;

async function play(seeds: number): Promise<void> {
  const template = await synthesize();
  for (let seed = 1; seed <= WARM_UP_SEEDS; seed += 1) await runSeed(seed, template);
  const before = process.cpuUsage();
  for (let seed = 1; seed <= seeds; seed += 1) await runSeed(WARM_UP_SEEDS + seed, template);
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(String((user + system) / 1_000 / seeds));
}

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
void play(Number(process.argv[2]));
