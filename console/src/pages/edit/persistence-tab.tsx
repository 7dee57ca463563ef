/** The second tab: what outlives the instance. */
import type { ReactNode } from 'react';
import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { PublicIpAssignment } from './advanced';
import { AttachmentField } from './attachment-field';
import { ElasticIpField } from './elastic-ip-field';
import { FlagField, NumberField } from './field';
import { PrivateIpFields } from './private-ip-fields';
import { Section } from './section';

export function PersistenceTab(): ReactNode {
  return (
    <SpaceBetween size="l">
      <Section title="Network" description="A node keeps a private IP, an Elastic IP, or both.">
        <PrivateIpFields />
        <ElasticIpField />
        <PublicIpAssignment />
        <AttachmentField />
      </Section>
      <Section title="Auto Healing">
        <FlagField path="healthCheck.autoHealing" label="Replace the instance when EC2's status checks fail" standard />
        <NumberField
          path="healthCheck.gracePeriod"
          label="Grace period (seconds)"
          description="After a launch, a failing check means nothing for so long."
          standard={120}
          isOptional
        />
        <NumberField
          path="healthCheck.unhealthyDuration"
          label="Unhealthy duration (seconds)"
          description="A check must fail for so long before the instance is replaced."
          standard={120}
          isOptional
        />
      </Section>
      <Section title="Storage">
        <Box>
          Disks are made anew with every instance, from the image and its block device mappings: only the network
          identity persists. The mappings can be changed in the JSON of the review.
        </Box>
      </Section>
    </SpaceBetween>
  );
}
