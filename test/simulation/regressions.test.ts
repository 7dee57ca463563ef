/** What has gone wrong once does not go wrong again. */
import { synthesize } from '../../local/synthesize';
import { REGRESSIONS } from '../../simulation/regressions';
import { runScenario } from '../../simulation/run';

test.each(REGRESSIONS)('$name', async ({ scenario }) => {
  const { violations } = await runScenario(scenario, await synthesize());
  expect(violations).toEqual([]);
});
