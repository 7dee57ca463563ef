/** Reads the template's alarms: of one metric, or of a sum of metrics. */
import * as z from 'zod';
import type { AlarmDefinition, AlarmTerm } from '../cloudwatch/alarms';
import { UnreadableTemplate, type Resource, type TemplateValues } from './template-values';

export const ALARM = 'AWS::CloudWatch::Alarm';

const metric = {
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.strictObject({ Name: z.string(), Value: z.string() })).default([]),
};
const statistic = z.enum(['Sum', 'Maximum']);
const common = {
  AlarmName: z.string(),
  AlarmDescription: z.string(),
  AlarmActions: z.array(z.unknown()),
  ComparisonOperator: z.enum(['GreaterThanOrEqualToThreshold', 'LessThanThreshold']),
  EvaluationPeriods: z.int(),
  Threshold: z.number(),
  TreatMissingData: z.enum(['breaching', 'notBreaching']),
};
const ofOneMetric = z.strictObject({ ...common, ...metric, Period: z.int(), Statistic: statistic });
const metricStat = z.strictObject({
  Id: z.string(),
  Label: z.string().optional(),
  MetricStat: z.strictObject({ Metric: z.strictObject(metric), Period: z.int(), Stat: statistic }),
  ReturnData: z.literal(false),
});
const expression = z.strictObject({
  Id: z.string(),
  Expression: z.string(),
  Label: z.string(),
  ReturnData: z.literal(true),
});
const ofASum = z.strictObject({ ...common, Metrics: z.array(z.union([metricStat, expression])) });

/** @throws UnreadableTemplate for an alarm of another kind */
export function readAlarm(values: TemplateValues, logicalId: string, { Properties = {} }: Resource): AlarmDefinition {
  // Actions refer to what is not simulated.
  const { AlarmActions = [], ...others } = Properties;
  const properties = { ...(values.resolve(others) as object), AlarmActions };
  const one = ofOneMetric.safeParse(properties);
  if (one.success) {
    const { Period, Statistic, ...rest } = one.data;
    const terms: readonly AlarmTerm[] = [{ metric: metricIdOf(rest), statistic: Statistic, sign: 1 }];
    return { ...alarmOf(logicalId, one.data), terms, isFilled: false, periodMs: Period * 1000 };
  }
  const sum = ofASum.safeParse(properties);
  if (!sum.success) throw new UnreadableTemplate(`${logicalId}: ${z.prettifyError(sum.error)}`);
  return { ...alarmOf(logicalId, sum.data), ...readSum(logicalId, sum.data.Metrics) };
}

function alarmOf(
  logicalId: string,
  properties: z.infer<z.ZodObject<typeof common>>,
): Omit<AlarmDefinition, 'terms' | 'isFilled' | 'periodMs'> {
  return {
    logicalId,
    name: properties.AlarmName,
    description: properties.AlarmDescription,
    periods: properties.EvaluationPeriods,
    comparison: properties.ComparisonOperator,
    threshold: properties.Threshold,
    isMissingBreaching: properties.TreatMissingData === 'breaching',
  };
}

function metricIdOf({ Namespace, MetricName, Dimensions }: z.infer<z.ZodObject<typeof metric>>): AlarmTerm['metric'] {
  const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
  return { namespace: Namespace, name: MetricName, dimensions };
}

/** Of CloudWatch's metric math, only sums and differences of filled metrics. */
function readSum(
  logicalId: string,
  metrics: z.infer<typeof ofASum>['Metrics'],
): Pick<AlarmDefinition, 'terms' | 'isFilled' | 'periodMs'> {
  const [formula, ...others] = metrics.filter((each) => 'Expression' in each);
  if (formula === undefined || others.length > 0) throw new UnreadableTemplate(`${logicalId} needs one expression`);
  const stats = metrics.filter((each) => 'MetricStat' in each);
  const terms = formula.Expression.split(/ (?=[+-] )/).map((term): AlarmTerm => {
    const [, sign = '+', id] = /^(?:([+-]) )?FILL\((\w+), 0\)$/.exec(term) ?? [];
    const stat = stats.find((each) => each.Id === id)?.MetricStat;
    if (stat === undefined) throw new UnreadableTemplate(`${logicalId}: ${formula.Expression} is not simulated`);
    return { metric: metricIdOf(stat.Metric), statistic: stat.Stat, sign: sign === '-' ? -1 : 1 };
  });
  return { terms, isFilled: true, periodMs: (stats[0]?.MetricStat.Period ?? 0) * 1000 };
}
