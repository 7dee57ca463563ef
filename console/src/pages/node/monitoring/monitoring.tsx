/** What CloudWatch has measured of the node's instances. Read once and on demand, because CloudWatch charges for it. */
import { useCallback, useState, type ReactNode } from 'react';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { readMetrics } from '../../../api/node';
import type { InstanceMetrics } from '../../../api/node-types';
import { useReading } from '../../../api/reading';
import { currentTime } from '../../../app/clock';
import { useDeployment } from '../../../app/deployment';
import { Problem } from '../../../app/problem';
import { useConnection } from '../../../session/session';
import type { NodeTabProps } from '../node-tab';
import { MetricChart } from './metric-chart';
import { RANGES, startOf, type MetricRange } from './metrics';

interface Measured {
  readonly since: Date;
  readonly until: Date;
  /** Newest instance first. */
  readonly metrics: readonly InstanceMetrics[];
}

export default function Monitoring({ node }: NodeTabProps): ReactNode {
  const connection = useConnection();
  const { isSimulated } = useDeployment();
  const [range, setRange] = useState<MetricRange>('6');
  const read = useCallback(
    async (signal: AbortSignal): Promise<Measured> => {
      const until = currentTime();
      const since = startOf(range, until);
      return { since: new Date(since), until, metrics: await readMetrics(connection, node.id, since, signal) };
    },
    [connection, node.id, range],
  );
  const { value, error, isLoading, refresh } = useReading(read, node.instanceId ?? '');
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Of all instances that carried the node. A dashed line marks the launch of one."
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <SegmentedControl
                label="Range of the charts"
                selectedId={range}
                onChange={({ detail }) => setRange(detail.selectedId as MetricRange)}
                options={RANGES}
              />
              <Button iconName="refresh" ariaLabel="Read the metrics again" loading={isLoading} onClick={refresh} />
            </SpaceBetween>
          }
        >
          CPU and network
        </Header>
      }
    >
      <SpaceBetween size="m">
        {isSimulated && <Alert type="info">The simulator has no CloudWatch. It invents these values.</Alert>}
        <Problem error={error} header="The metrics cannot be read" isOld={value !== undefined} onRetry={refresh} />
        {value === undefined ? error === undefined && <Spinner size="large" /> : <Charts measured={value} />}
      </SpaceBetween>
    </Container>
  );
}

const PERCENT = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });
const percent = (value: number): string => PERCENT.format(value / 100);

const perSecond = (unit: string): Intl.NumberFormat =>
  new Intl.NumberFormat(undefined, { style: 'unit', unit: `${unit}-per-second`, maximumFractionDigits: 1 });
/** By how many bytes it counts. The largest first. */
const BYTES = [
  { size: 1_000_000, format: perSecond('megabyte') },
  { size: 1_000, format: perSecond('kilobyte') },
  { size: 1, format: perSecond('byte') },
] as const;

function bytes(value: number): string {
  const { size, format } = BYTES.find((each) => value >= each.size) ?? BYTES[2];
  return format.format(value / size);
}

function Charts({ measured }: { readonly measured: Measured }): ReactNode {
  const { metrics } = measured;
  return (
    <SpaceBetween size="l">
      <MetricChart {...measured} field="cpuPercent" title="CPU utilization" format={percent} most={100} />
      <MetricChart {...measured} field="networkInBytesPerSecond" title="Network in" format={bytes} />
      <MetricChart {...measured} field="networkOutBytesPerSecond" title="Network out" format={bytes} />
      <Box color="text-body-secondary" fontSize="body-s">
        {periodText(metrics)}
      </Box>
    </SpaceBetween>
  );
}

function periodText(metrics: readonly InstanceMetrics[]): string {
  const [newest] = metrics;
  if (newest === undefined) return 'No instance carried the node in this time.';
  const count = `${metrics.length.toLocaleString()} ${metrics.length === 1 ? 'instance' : 'instances'}`;
  return `${count}. Averages of ${(newest.periodSeconds / 60).toLocaleString()} minutes, over all interfaces of an instance.`;
}
