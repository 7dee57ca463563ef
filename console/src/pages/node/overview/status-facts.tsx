/** How the node is, why, and what happens next. */
import type { ReactNode } from 'react';
import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNow } from '../../../app/clock';
import { ALERT_ICONS } from '../../../app/problem';
import { duration, Time } from '../../../app/times';
import { Status } from '../../../nodes/status';
import type { NodeDetails } from '../../../api/node-types';
import type { NodeTabProps } from '../node-tab';

export function StatusFacts({ node }: NodeTabProps): ReactNode {
  const { status, errorReason, operation, nextTryAt, lastReplacement } = node;
  return (
    <Container fitHeight header={<Header variant="h2">Status</Header>}>
      <SpaceBetween size="m">
        {errorReason !== null && (
          <Alert
            i18nStrings={ALERT_ICONS}
            type={status === 'ERROR' ? 'error' : 'warning'}
            header="The last operation failed"
          >
            {errorReason}
          </Alert>
        )}
        <KeyValuePairs
          columns={2}
          items={[
            { label: 'Status', value: <Status status={status} /> },
            ...(operation === null ? [] : [{ label: 'Under way', value: <UnderWay operation={operation} /> }]),
            ...(status !== 'ERROR' && nextTryAt === null
              ? []
              : [{ label: 'Next try', value: <NextTry at={nextTryAt} /> }]),
            {
              label: 'Settings',
              value: <Settings node={node} />,
            },
            { label: 'Last replacement', value: <Time at={lastReplacement?.at} /> },
            { label: 'Address away then', value: duration(lastReplacement?.awaySeconds) },
          ]}
        />
      </SpaceBetween>
    </Container>
  );
}

function Settings({ node: { isUpdatePending, waitsForLaunch } }: NodeTabProps): ReactNode {
  return (
    <>
      {isUpdatePending ? 'An update is still being applied' : 'All that need no new instance are applied'}
      {waitsForLaunch.length > 0 && (
        <div className="hf-waits">
          Waiting for the next launch:{' '}
          <span className="hf-mono">{waitsForLaunch.map(({ field }) => field).join(', ')}</span>
        </div>
      )}
    </>
  );
}

const SECOND_MS = 1_000;

function UnderWay({ operation }: { readonly operation: NonNullable<NodeDetails['operation']> }): ReactNode {
  const now = useNow(SECOND_MS);
  const seconds = Math.max(0, Math.floor((now.getTime() - Date.parse(operation.startedAt)) / SECOND_MS));
  return (
    <>
      {operation.kind}, for {duration(seconds)}
      <div className="hf-hint">{operation.reason}</div>
    </>
  );
}

function NextTry({ at }: { readonly at: NodeDetails['nextTryAt'] }): ReactNode {
  const now = useNow(SECOND_MS);
  if (at === null) return 'None: a person must act first';
  const seconds = Math.ceil((Date.parse(at) - now.getTime()) / SECOND_MS);
  return (
    <>
      <Time at={at} />
      <div className="hf-hint">{seconds > 0 ? `in ${duration(seconds)}` : 'due now'}</div>
    </>
  );
}
