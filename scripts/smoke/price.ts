/** What a run costs at most, before it begins. */

/**
 * On-demand prices under Linux in us-east-1, in US dollars per hour. Spot costs less. Other Regions cost up to about
 * twice as much. Source: https://aws.amazon.com/ec2/pricing/on-demand/
 */
const INSTANCE_USD_PER_HOUR: Readonly<Record<string, number>> = {
  't4g.micro': 0.0084,
  't4g.small': 0.0168,
  't3.micro': 0.0104,
  't3.small': 0.0208,
};

/** For a type that the list above does not have. */
const UNKNOWN_TYPE_USD_PER_HOUR = 0.1;

/** Source: https://aws.amazon.com/vpc/pricing/, public IPv4 addresses */
const ADDRESS_USD_PER_HOUR = 0.005;
/** 8 GiB of gp3 at 0.08 a month. Source: https://aws.amazon.com/ebs/pricing/ */
const VOLUME_USD_PER_HOUR = (8 * 0.08) / 730;
/** Source: https://aws.amazon.com/fis/pricing/ */
const FIS_USD_PER_ACTION_MINUTE = 0.1;
/** Source: https://aws.amazon.com/step-functions/pricing/ */
const TRANSITION_USD = 0.025 / 1000;

/** `durationBeforeInterruption` is two minutes. The test stops the experiment earlier if the instance has ended. */
const ACTION_MINUTES = 2;
/** A node with one interruption lives for about six minutes. Old and new instance overlap for a part of them. */
const NODE_HOURS = 0.25;
const INSTANCES = 2;
/** About twice as many as a launch, a replacement and a deletion need. */
const TRANSITIONS = 100;

export interface PriceLine {
  readonly what: string;
  readonly usd: number;
}

/** @param nodes how many nodes are made one after the other */
export function pricesOf(nodes: number, instanceTypes: readonly string[]): readonly PriceLine[] {
  const perHour = Math.max(...instanceTypes.map((type) => INSTANCE_USD_PER_HOUR[type] ?? UNKNOWN_TYPE_USD_PER_HOUR));
  const hours = nodes * NODE_HOURS;
  return [
    {
      what: `instances: ${nodes} x ${INSTANCES} x ${NODE_HOURS} h at ${perHour} an hour`,
      usd: hours * INSTANCES * perHour,
    },
    { what: `their volumes, 8 GiB each`, usd: hours * INSTANCES * VOLUME_USD_PER_HOUR },
    { what: `the Elastic IP: ${hours} h at ${ADDRESS_USD_PER_HOUR} an hour`, usd: hours * ADDRESS_USD_PER_HOUR },
    {
      what: `FIS: ${nodes} x ${ACTION_MINUTES} action-minutes at ${FIS_USD_PER_ACTION_MINUTE}`,
      usd: nodes * ACTION_MINUTES * FIS_USD_PER_ACTION_MINUTE,
    },
    {
      what: `Step Functions: ${nodes * TRANSITIONS} transitions at ${TRANSITION_USD}`,
      usd: nodes * TRANSITIONS * TRANSITION_USD,
    },
  ];
}

export function totalUsd(lines: readonly PriceLine[]): number {
  return lines.reduce((sum, { usd }) => sum + usd, 0);
}
