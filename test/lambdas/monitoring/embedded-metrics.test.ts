/** The lines that CloudWatch makes metrics from, as they leave the process. */
import { embeddedMetrics } from '../../../lambdas/monitoring/embedded-metrics';

const written: string[] = [];

beforeEach(() => {
  written.length = 0;
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
});

afterEach(() => jest.restoreAllMocks());

const lines = () => written.map((text) => JSON.parse(text) as unknown);

test('a measurement is one line, with the deployment, its dimensions and its values', () => {
  embeddedMetrics('Blue')({
    group: 'recovery',
    dimensions: { Cause: 'lost', Attachment: 'cold' },
    values: { Replacements: 1, AddressAway: 70.5 },
  });

  expect(lines()).toEqual([
    {
      _aws: {
        Timestamp: expect.any(Number) as number,
        CloudWatchMetrics: [
          {
            Namespace: 'Holdfast',
            Dimensions: [['service', 'Cause', 'Attachment']],
            Metrics: [
              { Name: 'Replacements', Unit: 'Count' },
              { Name: 'AddressAway', Unit: 'Seconds' },
            ],
          },
        ],
      },
      service: 'Blue',
      Cause: 'lost',
      Attachment: 'cold',
      Replacements: 1,
      AddressAway: 70.5,
    },
  ]);
});

test('a measurement does not get the dimensions of the one before', () => {
  const measure = embeddedMetrics('Blue');
  measure({ group: 'refusal', dimensions: { Code: 'Unsupported' }, values: { Refusals: 1 } });
  measure({ group: 'capacity', dimensions: {}, values: { CapacityWaits: 1 } });

  expect(lines()[1]).toMatchObject({ _aws: { CloudWatchMetrics: [{ Dimensions: [['service']] }] } });
  expect(lines()[1]).not.toHaveProperty('Code');
});
