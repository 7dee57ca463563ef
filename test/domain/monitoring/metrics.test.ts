import { metricsLine } from '../../../domain/node/metrics';

test('a line that CloudWatch reads five metrics from, each with a value beside it', () => {
  const counts = { UnknownResources: 3, Halted: 1, HealingHeld: 0, NodesInError: 2, UnreadableRecords: 4 };
  expect(metricsLine('Holdfast', counts, '2026-11-03T10:00:00.000Z')).toEqual({
    _aws: {
      Timestamp: 1_793_700_000_000,
      CloudWatchMetrics: [
        {
          Namespace: 'Holdfast',
          Dimensions: [['Deployment']],
          Metrics: Object.keys(counts).map((Name) => ({ Name, Unit: 'Count' })),
        },
      ],
    },
    Deployment: 'Holdfast',
    ...counts,
  });
});
