/** One metric of all instances of a range: a line for each instance, and a mark where one was launched. */
import type { ReactNode } from 'react';
import Box from '@cloudscape-design/components/box';
import LineChart, { type LineChartProps } from '@cloudscape-design/components/line-chart';
import type { InstanceMetrics } from '../../../api/node-types';
import { changesOf, linesOf, type MetricField } from './metrics';

interface MetricChartProps {
  readonly metrics: readonly InstanceMetrics[];
  readonly field: MetricField;
  readonly title: string;
  readonly since: Date;
  readonly until: Date;
  readonly format: (value: number) => string;
  /** The top of the axis. @default - somewhat more than the largest value */
  readonly most?: number;
}

const HEIGHT_PX = 180;
/** Above the largest value. */
const HEADROOM = 1.1;
const DAY_MS = 86_400_000;
const HOUR = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });

export function MetricChart({ metrics, field, title, since, until, format, most }: MetricChartProps): ReactNode {
  const lines = linesOf(metrics, field);
  const values = lines.flatMap(({ data }) => data.map(({ y }) => y));
  const series: LineChartProps<Date>['series'] = [
    ...lines.map(({ instanceId, data }) => ({
      type: 'line' as const,
      title: instanceId,
      data,
      valueFormatter: format,
    })),
    ...changesOf(metrics, since).map(({ instanceId, at }) => ({
      type: 'threshold' as const,
      title: `${instanceId} launched`,
      x: at,
    })),
  ];
  return (
    <div>
      <Box variant="h3" padding={{ bottom: 'xs' }}>
        {title}
      </Box>
      <LineChart
        ariaLabel={title}
        series={lines.length === 0 ? [] : series}
        xScaleType="time"
        xDomain={[since, until]}
        yDomain={[0, most ?? Math.max(1, ...values) * HEADROOM]}
        height={HEIGHT_PX}
        hideFilter
        hideLegend
        i18nStrings={{
          xTickFormatter: (at) => (until.getTime() - since.getTime() > DAY_MS ? DAY : HOUR).format(at),
          yTickFormatter: format,
          chartAriaRoleDescription: 'line chart',
          xAxisAriaRoleDescription: 'time',
          yAxisAriaRoleDescription: title,
          detailPopoverDismissAriaLabel: 'Dismiss',
        }}
        empty={<Box textAlign="center">CloudWatch has no values of this time.</Box>}
      />
    </div>
  );
}
