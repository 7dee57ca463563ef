/** What has gone wrong once does not go wrong again. */
import { synthesize } from '../../../local/synthesize';
import { REGRESSIONS } from '../../../fault-simulation/scenario/regressions';
import { runScenario } from '../../../fault-simulation/run';

test.each(REGRESSIONS)('$name', async ({ scenario }) => {
  const { violations } = await runScenario(scenario, await synthesize());
  expect(violations).toEqual([]);
});
