// The lines of a COR rule: a pair of lists for each of its time frames. Each change is one request about one row.
import { Alert, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useList, useRemove, useSave } from '../../api/collections';
import { ALL, useLines } from '../../api/routing';
import type { CorLine, CorRule, TimeFrame } from '../../api/types';
import { TwoLists } from '../../forms/TwoLists';
import { errorText, notifyError } from '../../shell/notify';
import { frameText } from './frameText';
import classes from './routing.module.css';

/** Saved when one leaves it, or with Enter. */
function CallByCall({ way, label }: { way: CorLine; label: string }) {
  const { t } = useTranslation();
  const store = useSave<CorLine>('cor-lines');
  const [text, setText] = useState<string | null>(null);
  const save = () => {
    const call_by_call = text?.trim();
    if (call_by_call !== undefined && call_by_call !== way.call_by_call)
      store.mutateAsync({ id: way.id, values: { call_by_call }, before: { call_by_call: way.call_by_call } }).catch(notifyError).finally(() => setText(null));
    else setText(null);
  };
  return (
    <TextInput
      size="xs"
      w={80}
      aria-label={label}
      placeholder={t('routing.rules.callByCallShort')}
      value={text ?? way.call_by_call}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={save}
      onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
    />
  );
}

function FrameLines({ rule, frame, ways }: { rule: CorRule; frame: TimeFrame; ways: CorLine[] }) {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const [refused, setRefused] = useState<string | null>(null);
  const store = useSave<CorLine>('cor-lines');
  const removal = useRemove('cor-lines');
  const lines = useLines().data?.items ?? [];
  const name = (line: number) => lines.find(({ id }) => id === line)?.name ?? `#${line}`;
  const inside = new Set(ways.map(({ line }) => line));
  const free = lines.filter((line) => !inside.has(line.id) && line.name.toLowerCase().includes(search.trim().toLowerCase()));

  const save = async (line: number, id: number | null, values: Partial<CorLine>) => {
    setRefused(null);
    try {
      await store.mutateAsync({ id, values });
    } catch (error) {
      setRefused(t('routing.rules.overlap', { name: name(line), text: errorText(error) }));
    }
  };
  const title = t('routing.rules.take', { frame: frame.name });
  return (
    <section aria-label={frame.name}>
      <h2 className={classes.title}>
        {frame.name} <span>{frameText(t, frame)}</span>
      </h2>
      {refused && (
        <Alert color="red" mb="xs" py={6}>
          {refused}
        </Alert>
      )}
      <TwoLists
        titles={{ chosen: title, free: t('routing.rules.others', { frame: frame.name }) }}
        chosen={ways.map((way) => ({
          id: way.id,
          name: name(way.line),
          to: `/lines/${way.line}`,
          extra: <CallByCall way={way} label={t('routing.rules.callByCall', { line: name(way.line), frame: frame.name })} />,
        }))}
        free={free.map((line) => ({ id: line.id, name: line.name, to: `/lines/${line.id}` }))}
        more={false}
        search={search}
        onSearch={setSearch}
        onPut={(line, place) => void save(line, null, { rule: rule.id, frame: frame.id, line, ...(place ? { position: place } : {}) })}
        onTakeOut={(id) => void removal.mutateAsync([id]).catch(notifyError)}
        onMove={(id, place) => void save(ways.find((way) => way.id === id)?.line ?? 0, id, { position: place })}
      />
    </section>
  );
}

export function RuleLines({ rule }: { rule: CorRule }) {
  const { t } = useTranslation();
  const [added, setAdded] = useState<number[]>([]);
  const frames = useList<TimeFrame>('time-frames', { ...ALL, sort: 'name' }).data?.items ?? [];
  const ways = useList<CorLine>('cor-lines', { ...ALL, rule: rule.id, sort: 'position' }).data?.items ?? [];
  const used = frames.filter(({ id }) => added.includes(id) || ways.some((way) => way.frame === id));
  const others = frames.filter((frame) => !used.includes(frame));

  return (
    <Stack gap="lg">
      <Text size="sm" c="dimmed">
        {t('routing.rules.intro')}
      </Text>
      {used.map((frame) => (
        <FrameLines key={frame.id} rule={rule} frame={frame} ways={ways.filter((way) => way.frame === frame.id)} />
      ))}
      <Select
        key={used.length} // empties the field after each pick
        maw={360}
        label={t('routing.rules.addFrame')}
        placeholder={t('forms.add')}
        data={others.map((frame) => ({ value: String(frame.id), label: frame.name }))}
        value={null}
        nothingFoundMessage={t('forms.nothingFound')}
        onChange={(id) => id !== null && setAdded([...added, Number(id)])}
      />
    </Stack>
  );
}
