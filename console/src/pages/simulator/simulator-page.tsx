/** The panel of the simulated account: what can go wrong, at the press of a button, and the addresses' uptime as it happens. */
import { useEffect, useMemo, useState, type ReactNode } from 'react';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { Link } from 'wouter';
import { ApiError } from '../../api/errors';
import { usePolled } from '../../api/polling';
import { useNotices } from '../../app/notices';
import { Time } from '../../app/times';
import { useTitle } from '../../app/title';
import { allNodes } from '../../nodes/all-nodes';
import { sorted } from '../../nodes/node-filter';
import type { NodeRow } from '../../nodes/node-row';
import { Status } from '../../nodes/status';
import { useConnection } from '../../session/session';
import { MISHAPS, type Mishap, type MishapRequest } from './mishaps';
import { withSample, type Sample } from './uptime';
import { UptimeStrip } from './uptime-strip';
import { isReachable, look, type Seen, type SimulatedTime, type SimulatedWorld } from './world';
import './simulator.css';

/** Milliseconds between two looks at the simulated world: it is on this machine. */
const LOOK_MS = 500;
const SPEEDS = [1, 2, 5, 10, 30, 60, 300];
/** More strips say no more. */
const MOST_STRIPS = 20;
const NO_ROWS: readonly NodeRow[] = [];
const isAlwaysMoving = (): boolean => true;

export default function SimulatorPage(): ReactNode {
  useTitle('Simulator');
  const connection = useConnection();
  const { value: rows = NO_ROWS } = usePolled(
    useMemo(() => allNodes(connection), [connection]),
    isAlwaysMoving,
  );
  const nodes = useMemo(() => sorted(rows, { columnId: 'name', isDescending: false }), [rows]);
  const { seen, samples, error } = useWorld(nodes);
  const [chosenId, choose] = useState<string | undefined>(undefined);
  const chosen = nodes.find(({ id }) => id === chosenId) ?? nodes[0];
  if (seen === undefined) return error === undefined ? <Spinner size="large" /> : <Trouble error={error} />;
  const { world, time } = seen;
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description="A simulated AWS account on this machine. Nothing here reaches AWS."
        actions={<Speed time={time} />}
      >
        Simulator
      </Header>
      <Box>
        Simulated time: <Time at={time.now} />
      </Box>
      <Container header={<Header variant="h2">Addresses, the last ten simulated minutes</Header>}>
        {nodes.length === 0 && (
          <Box>
            There is no node yet: <Link href="/nodes/new">create one</Link>.
          </Box>
        )}
        <SpaceBetween size="m">
          {nodes.slice(0, MOST_STRIPS).map(({ id, name, status, privateIp }) => (
            <div key={id}>
              <SpaceBetween direction="horizontal" size="s">
                <Link href={`/nodes/${id}`}>{name}</Link>
                <span className="hf-mono">{privateIp ?? 'no address yet'}</span>
                <Status status={status} />
              </SpaceBetween>
              <UptimeStrip name={name} samples={samples.get(id) ?? []} />
            </div>
          ))}
        </SpaceBetween>
      </Container>
      {chosen !== undefined && (
        <Container header={<Header variant="h2">What can go wrong</Header>}>
          <SpaceBetween size="l">
            <FormField label="Node">
              <Select
                selectedOption={{ value: chosen.id, label: chosen.name }}
                options={nodes.map(({ id, name, privateIp }) => ({
                  value: id,
                  label: name,
                  description: privateIp ?? id,
                }))}
                onChange={({ detail }) => choose(detail.selectedOption.value)}
                filteringType="auto"
              />
            </FormField>
            {MISHAPS.map((mishap) => (
              <MishapRow key={mishap.id} mishap={mishap} world={world} node={chosen} />
            ))}
          </SpaceBetween>
        </Container>
      )}
    </SpaceBetween>
  );
}

interface Watched {
  readonly seen: Seen | undefined;
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
  readonly error: ApiError | undefined;
}

function useWorld(nodes: readonly NodeRow[]): Watched {
  const connection = useConnection();
  const [watched, setWatched] = useState<Watched>({ seen: undefined, samples: new Map(), error: undefined });
  const ids = nodes.map(({ id }) => id).join(' ');
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isLeft = false;
    const watch = async (): Promise<void> => {
      try {
        const seen = await look(connection);
        if (isLeft) return;
        setWatched(({ samples }) => ({ seen, error: undefined, samples: sampled(samples, seen, ids.split(' ')) }));
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (!isLeft) setWatched((before) => ({ ...before, error }));
      }
      timer = setTimeout(() => void watch(), LOOK_MS);
    };
    void watch();
    return () => {
      isLeft = true;
      clearTimeout(timer);
    };
  }, [connection, ids]);
  return watched;
}

function sampled(
  before: Watched['samples'],
  { world, time }: Seen,
  ids: readonly string[],
): ReadonlyMap<string, readonly Sample[]> {
  const at = Date.parse(time.now);
  return new Map(ids.map((id) => [id, withSample(before.get(id) ?? [], { at, isReachable: isReachable(world, id) })]));
}

function Trouble({ error }: { readonly error: ApiError }): ReactNode {
  return (
    <Alert type="error" header="The simulator cannot be read">
      {error.message}
    </Alert>
  );
}

function Speed({ time: { speed: present } }: { readonly time: SimulatedTime }): ReactNode {
  const { send } = useConnection();
  const notices = useNotices();
  const change = async (speed: number): Promise<void> => {
    try {
      await send('POST', '/simulator/speed', { speed });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      notices.show('speed', { type: 'error', content: error.message });
    }
  };
  const options = [...new Set([...SPEEDS, present])].sort((one, other) => one - other);
  return (
    <FormField label="Speed of time">
      <Select
        selectedOption={optionOf(present)}
        options={options.map(optionOf)}
        onChange={({ detail }) => void change(Number(detail.selectedOption.value))}
      />
    </FormField>
  );
}

const optionOf = (speed: number): { value: string; label: string } => ({
  value: String(speed),
  label: speed === 1 ? 'Real time' : `${speed} times`,
});

interface MishapRowProps {
  readonly mishap: Mishap;
  readonly world: SimulatedWorld;
  readonly node: NodeRow;
}

function MishapRow({ mishap, world, node }: MishapRowProps): ReactNode {
  const { send } = useConnection();
  const notices = useNotices();
  const request = mishap.request(world, node.id);
  const isPossible = typeof request !== 'string';
  const run = async ({ path, body }: MishapRequest): Promise<void> => {
    const key = `mishap ${mishap.id}`;
    try {
      await send('POST', path, body);
      notices.show(key, { type: 'success', header: `${mishap.name}: done`, content: `Expect: ${mishap.expectation}` });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      notices.show(key, { type: 'error', header: `${mishap.name}: refused`, content: error.message });
    }
  };
  return (
    <div className="hf-mishap">
      <Button
        disabled={!isPossible}
        {...(!isPossible && { disabledReason: request })}
        onClick={() => isPossible && void run(request)}
      >
        {mishap.name}
      </Button>
      <Box color="text-body-secondary">{mishap.expectation}</Box>
    </div>
  );
}
