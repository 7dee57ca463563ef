/** What the node's instances have cost, and what the same hours cost on demand. */
import { useCallback, useState, type ReactNode } from 'react';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { pathOf, readOne } from '../../../api/node';
import type { NodeCosts } from '../../../api/node-types';
import { useReading } from '../../../api/reading';
import { currentTime } from '../../../app/clock';
import { Problem } from '../../../app/problem';
import { MARKETS } from '../../../nodes/markets';
import { useConnection } from '../../../session/session';
import { COST_RANGES, dollars, firstDay, type CostRange } from './cost-range';

export function Costs({ nodeId }: { readonly nodeId: string }): ReactNode {
  const connection = useConnection();
  const [range, setRange] = useState<CostRange>('month');
  const read = useCallback(
    (signal: AbortSignal) =>
      readOne<NodeCosts>(connection, `${pathOf(nodeId)}/costs?fromDate=${firstDay(range, currentTime())}`, signal),
    [connection, nodeId, range],
  );
  const { value, error, refresh } = useReading(read);
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <SegmentedControl
              label="Range of the costs"
              selectedId={range}
              onChange={({ detail }) => setRange(detail.selectedId as CostRange)}
              options={COST_RANGES}
            />
          }
        >
          Costs and savings
        </Header>
      }
    >
      <SpaceBetween size="s">
        <Problem error={error} header="The costs cannot be read" isOld={value !== undefined} onRetry={refresh} />
        {value === undefined ? error === undefined && <Spinner /> : <CostFacts costs={value} />}
      </SpaceBetween>
    </Container>
  );
}

const HOURS = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const PERCENT = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });

function CostFacts({ costs }: { readonly costs: NodeCosts }): ReactNode {
  const { spotHours, onDemandHours, actualCost, onDemandCost, savedCost, savingsPercent, missingPrices, limits } =
    costs;
  return (
    <SpaceBetween size="s">
      <KeyValuePairs
        columns={4}
        items={[
          { label: 'Actual cost', value: dollars(actualCost) },
          { label: 'The same hours on demand', value: dollars(onDemandCost) },
          {
            label: 'Saved',
            value:
              savingsPercent === null
                ? dollars(savedCost)
                : `${dollars(savedCost)} (${PERCENT.format(savingsPercent / 100)})`,
          },
          {
            label: 'Hours',
            value: `${HOURS.format(spotHours)} Spot, ${HOURS.format(onDemandHours)} On-Demand`,
          },
        ]}
      />
      {missingPrices.map(({ lifeCycle, instanceType, availabilityZone, hours }) => (
        <div key={`${lifeCycle} ${instanceType} ${availabilityZone}`} className="hf-waits">
          The {MARKETS[lifeCycle]} price of {instanceType}
          {availabilityZone !== null && ` in ${availabilityZone}`} is unknown for {HOURS.format(hours)} hours.
        </div>
      ))}
      <ExpandableSection headerText="What the numbers leave out" headingTagOverride="h3">
        <ul>
          {limits.map((limit) => (
            <li key={limit}>{limit}</li>
          ))}
        </ul>
      </ExpandableSection>
    </SpaceBetween>
  );
}
