/** The log of a node: filtered, and followed live. The newest entry is at the end. */
import { useMemo, useState, type ReactNode } from 'react';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import DateRangePicker, { type DateRangePickerProps } from '@cloudscape-design/components/date-range-picker';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Toggle from '@cloudscape-design/components/toggle';
import type { LogEntry } from '../../../api/schemas';
import type { LogQuery } from '../../../api/node';
import { currentTime } from '../../../app/clock';
import { Problem } from '../../../app/problem';
import { download } from '../../../nodes/csv';
import type { NodeTabProps } from '../node-tab';
import { asText, MOST_LINES, withText } from './log-lines';
import { boundsOf, faultOf, secondsOf, type LogRange } from './log-range';
import { LogView } from './log-view';
import { useLog } from './use-log';
import './log.css';

const SEVERITIES = [
  { value: 'DEBUG', label: 'Debug and above' },
  { value: 'INFO', label: 'Info and above' },
  { value: 'WARN', label: 'Warnings and errors' },
  { value: 'ERROR', label: 'Errors only' },
] as const;
const AT_FIRST: DateRangePickerProps.RelativeValue = { type: 'relative', amount: 24, unit: 'hour' };
const NOTHING: readonly LogEntry[] = [];

export default function Log({ node }: NodeTabProps): ReactNode {
  const [severity, setSeverity] = useState<LogEntry['severity']>('INFO');
  const [picked, setPicked] = useState<DateRangePickerProps.Value>(AT_FIRST);
  const [text, setText] = useState('');
  const [isWanted, setWanted] = useState(true);
  // A range with an end has no news.
  const isLive = isWanted && picked.type === 'relative';
  const query = useMemo<LogQuery>(
    () => ({ ...boundsOf(rangeOf(picked), currentTime()), severity }),
    [picked, severity],
  );
  const polled = useLog(node.id, query, isLive);
  const { value, error, refresh } = polled;
  const entries = value ?? NOTHING;
  const shown = useMemo(() => withText(entries, text), [entries, text]);

  return (
    <SpaceBetween size="s">
      <div className="hf-log-tools">
        <Input
          type="search"
          value={text}
          onChange={({ detail }) => setText(detail.value)}
          placeholder="Find in the messages"
          ariaLabel="Find in the messages"
        />
        <Select
          ariaLabel="Severity"
          selectedOption={SEVERITIES.find(({ value: each }) => each === severity) ?? null}
          onChange={({ detail }) => setSeverity(detail.selectedOption.value as LogEntry['severity'])}
          options={SEVERITIES}
        />
        <Range picked={picked} onChange={setPicked} />
        <Toggle
          checked={isLive}
          disabled={picked.type === 'absolute'}
          onChange={({ detail }) => setWanted(detail.checked)}
        >
          Live
        </Toggle>
        <Button
          iconName="download"
          disabled={shown.length === 0}
          onClick={() => download(`${node.name}.log`, 'text/plain', asText(shown))}
        >
          Download
        </Button>
      </div>
      <Problem error={error} header="The log cannot be read" isOld={value !== undefined} onRetry={refresh} />
      {value === undefined ? (
        error === undefined && <Spinner size="large" />
      ) : (
        <LogView entries={shown} text={text} isLive={isLive} empty={<Empty isFiltered={entries.length > 0} />} />
      )}
      <Box color="text-body-secondary" fontSize="body-s">
        {countText(shown.length, entries.length)} Entries are kept for 90 days.
      </Box>
    </SpaceBetween>
  );
}

function countText(shown: number, all: number): string {
  const count = `${shown.toLocaleString()} ${shown === 1 ? 'entry' : 'entries'}`;
  const of = shown === all ? '' : ` of ${all.toLocaleString()}`;
  return all >= MOST_LINES ? `${count}${of}, the newest of the range.` : `${count}${of}.`;
}

function Empty({ isFiltered }: { readonly isFiltered: boolean }): ReactNode {
  return isFiltered
    ? 'No message has this text.'
    : 'The node has no entries of this severity in this time. Choose a longer range, or a lower severity.';
}

function rangeOf(picked: DateRangePickerProps.Value): LogRange {
  if (picked.type === 'relative') return { type: 'relative', seconds: secondsOf(picked.amount, picked.unit) };
  const { startDate, endDate } = picked;
  return { type: 'absolute', from: new Date(startDate).toISOString(), to: new Date(endDate).toISOString() };
}

const RANGES: readonly DateRangePickerProps.RelativeOption[] = [
  { key: '1h', amount: 1, unit: 'hour', type: 'relative' },
  { key: '1d', amount: 24, unit: 'hour', type: 'relative' },
  { key: '7d', amount: 7, unit: 'day', type: 'relative' },
  { key: '30d', amount: 30, unit: 'day', type: 'relative' },
  { key: '90d', amount: 90, unit: 'day', type: 'relative' },
];

interface RangeProps {
  readonly picked: DateRangePickerProps.Value;
  readonly onChange: (picked: DateRangePickerProps.Value) => void;
}

function Range({ picked, onChange }: RangeProps): ReactNode {
  return (
    <DateRangePicker
      value={picked}
      onChange={({ detail }) => detail.value !== null && onChange(detail.value)}
      relativeOptions={RANGES}
      showClearButton={false}
      isValidRange={(value) => {
        if (value === null) return { valid: false, errorMessage: 'Choose a range.' };
        if (value.type === 'absolute' && (value.startDate === '' || value.endDate === '')) {
          return { valid: false, errorMessage: 'Choose the first and the last day.' };
        }
        const errorMessage = faultOf(rangeOf(value));
        return errorMessage === undefined ? { valid: true } : { valid: false, errorMessage };
      }}
      i18nStrings={{ ariaLabel: 'Time range', formatRelativeRange: ({ amount, unit }) => relativeText(amount, unit) }}
      ariaLabel="Time range"
      hideTimeOffset
      placeholder="Choose a range"
    />
  );
}

function relativeText(amount: number, unit: string): string {
  return amount === 1 ? `Last ${unit}` : `Last ${amount} ${unit}s`;
}
