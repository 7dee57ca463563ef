/** Configuration > Advanced: what has a sensible default. */
import type { ReactNode } from 'react';
import Checkbox from '@cloudscape-design/components/checkbox';
import RadioGroup from '@cloudscape-design/components/radio-group';
import { interfaceFlag, publicIpOf, withInterfaceFlag, withPublicIp, type PublicIp } from './document';
import { useEditor } from './editor';
import { ChoiceField, Field, FlagField, NumberField } from './field';
import { ClosedSection } from './section';

const LAUNCH = 'compute.launchSpecification';
const INTERFACES = `${LAUNCH}.networkInterfaces`;

const PATHS = [
  INTERFACES,
  ...['monitoring', 'ebsOptimized', 'creditSpecification', 'tenancy', 'metadataOptions', 'blockDeviceMappings'].map(
    (key) => `${LAUNCH}.${key}`,
  ),
  ...['lifeCycle', 'fallbackToOd', 'rebalanceRecommendation', 'skipOsShutdown'].map((key) => `strategy.${key}`),
];

export function Advanced(): ReactNode {
  return (
    <ClosedSection title="Advanced" description="Public IP assignment, market, metadata, monitoring" paths={PATHS}>
      <PublicIpAssignment />
      <Ipv6Field />
      <ChoiceField
        path="strategy.lifeCycle"
        label="Market"
        choices={{ spot: 'Spot', on_demand: 'On-demand' }}
        standard="Default (spot)"
      />
      <FlagField
        path="strategy.fallbackToOd"
        label="Fall back to on-demand"
        description="An on-demand instance is launched if no spot capacity is left. If not, the node waits for it."
        standard
      />
      <ChoiceField
        path="strategy.rebalanceRecommendation"
        label="Rebalance recommendations"
        description="EC2 sends one when an interruption becomes more likely."
        choices={{ ignore: 'Ignore', replace: 'Replace the instance' }}
        standard="Default (ignore)"
      />
      <FlagField
        path="strategy.skipOsShutdown"
        label="Skip the OS shutdown"
        description="The address is away for about half as long. What the old instance has not written is lost."
        standard={false}
      />
      <FlagField path={`${LAUNCH}.monitoring`} label="Detailed monitoring" standard={false} />
      <FlagField path={`${LAUNCH}.ebsOptimized`} label="EBS optimized" standard={false} />
      <ChoiceField
        path={`${LAUNCH}.creditSpecification.cpuCredits`}
        label="Burstable types"
        choices={{ standard: 'Standard credits', unlimited: 'Unlimited credits' }}
        standard="Default of the type"
      />
      <ChoiceField
        path={`${LAUNCH}.tenancy`}
        label="Tenancy"
        choices={{ default: 'Shared hardware', dedicated: 'Dedicated hardware' }}
        standard="Default (shared)"
      />
      <ChoiceField
        path={`${LAUNCH}.metadataOptions.httpTokens`}
        label="Instance metadata"
        choices={{ required: 'Version 2 only', optional: 'Versions 1 and 2' }}
        standard="Default of the image and the account"
      />
      <NumberField path={`${LAUNCH}.metadataOptions.httpPutResponseHopLimit`} label="Metadata hop limit" isOptional />
    </ClosedSection>
  );
}

/** On this tab, where people know it, and beside the Elastic IP, with which it is decided. */
export function PublicIpAssignment(): ReactNode {
  const { document, change } = useEditor();
  return (
    <Field
      paths={[`${INTERFACES}.0.associatePublicIpAddress`, INTERFACES]}
      label="Public IP Assignment"
      description="Whether a launch gives the instance a public IP of its own. An Elastic IP is associated in any case."
    >
      <RadioGroup
        value={publicIpOf(document)}
        items={[
          { value: 'subnet', label: 'According to subnet default' },
          { value: 'associate', label: 'Associate public IP' },
          { value: 'none', label: "Don't associate" },
        ]}
        onChange={({ detail }) => change((before) => withPublicIp(before, detail.value as PublicIp))}
      />
    </Field>
  );
}

function Ipv6Field(): ReactNode {
  const { document, change } = useEditor();
  const key = 'associateIpv6Address';
  return (
    <Field paths={[`${INTERFACES}.0.${key}`]} label="IPv6">
      <Checkbox
        checked={interfaceFlag(document, key) === true}
        onChange={({ detail }) => change((before) => withInterfaceFlag(before, key, detail.checked ? true : undefined))}
        description="The persisted interface gets one. The subnets need an IPv6 range."
      >
        Assign an IPv6 address
      </Checkbox>
    </Field>
  );
}
