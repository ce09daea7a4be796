// What one key is about; of several chosen targets each gets a key.
import { Button, Group, Modal, MultiSelect, Select, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useKeyTargets, type FunctionKey, type KeyOwner, type KeyType } from '../../api/keys';
import classes from './keys.module.css';
import { KEY_TYPES } from './keys';
import { Lamp } from './Lamp';

export type Draft = Partial<FunctionKey> & { type: KeyType };

interface TargetsProps {
  owner: KeyOwner;
  label: string;
  /** Only these, by "user 7". */
  kinds: ('user' | 'group' | 'number')[];
  /** Names of those that are chosen already. */
  names: Record<string, string>;
  max?: number;
  value: string[];
  onChange: (value: string[]) => void;
}

function Targets({ owner, label, kinds, names, max, value, onChange }: TargetsProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed, 200);
  const [known, setKnown] = useState(names);
  const found = (useKeyTargets(owner, search).data ?? []).filter(({ kind }) => kinds.includes(kind));
  const data = new Map<string, string>(Object.entries(known).filter(([key]) => value.includes(key)));
  for (const { kind, id, name, number } of found) data.set(`${kind} ${id}`, number && kind !== 'number' ? `${name} (${number})` : name);
  return (
    <MultiSelect
      label={label}
      withAsterisk
      data={[...data].map(([key, name]) => ({ value: key, label: name }))}
      value={value}
      onChange={(now) => {
        setKnown({ ...known, ...Object.fromEntries(now.map((key) => [key, data.get(key) ?? ''])) });
        onChange(now);
      }}
      maxValues={max}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      filter={({ options }) => options}
      nothingFoundMessage={t('forms.nothingFound')}
    />
  );
}

export function Preview({ type }: { type: KeyType }) {
  const { t } = useTranslation();
  const states = KEY_TYPES.find((one) => one.type === type)?.states ?? [];
  return (
    <ul className={classes.preview} aria-label={t('keys.preview')}>
      {states.map((state) => (
        <li key={state}>
          <Lamp state={state} type={type} />
          {t(`keys.does.${type}.${state}`, { name: '' })}
        </li>
      ))}
    </ul>
  );
}

const PLACES = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0'));

/** Of each chosen place a key. */
function Places({ max, value, onChange }: { max?: number; value: string[]; onChange: (value: string[]) => void }) {
  const { t } = useTranslation();
  return <MultiSelect label={t('keys.places')} withAsterisk data={PLACES} value={value} onChange={onChange} maxValues={max} searchable nothingFoundMessage={t('forms.nothingFound')} />;
}

const TRIGGERS = ['always', 'busy', 'timeout'] as const;

function Trigger({ value, onChange }: { value: Draft['trigger']; onChange: (value: Draft['trigger']) => void }) {
  const { t } = useTranslation();
  return (
    <Select
      label={t('keys.trigger')}
      data={TRIGGERS.map((one) => ({ value: one, label: t(`keys.triggers.${one}`) }))}
      value={value ?? 'always'}
      allowDeselect={false}
      onChange={(chosen) => onChange(TRIGGERS.find((one) => one === chosen))}
    />
  );
}

function targetsOf({ target_user, target_group, groups, redirected, orbit }: Draft): string[] {
  if (orbit) return [orbit];
  if (redirected?.length) return redirected.map((id) => `number ${id}`);
  if (target_user) return [`user ${target_user}`];
  if (target_group) return [`group ${target_group}`];
  return (groups ?? []).map((id) => `group ${id}`);
}

const idsOf = (kind: string, targets: string[]) => targets.filter((one) => one.startsWith(kind)).map((one) => Number(one.split(' ')[1]));

/** What is to be written: a key each for targets that are shown. */
function valuesOf(draft: Draft, targets: string[]): Partial<FunctionKey>[] {
  const { type, label = '', number = '', column = 1 } = draft;
  const plain = { type, label, column };
  if (type === 'speed_dial') return [{ ...plain, number }];
  const { trigger = 'always' } = draft;
  if (type === 'redirect') return [{ ...plain, trigger, redirected: idsOf('number', targets) }];
  if (type === 'redirect_all') return [{ ...plain, trigger }];
  if (type === 'orbit') return targets.map((orbit) => ({ ...plain, label: targets.length > 1 ? '' : label, orbit }));
  if (type === 'group') return [{ ...plain, groups: idsOf('group', targets) }];
  if (type !== 'blf') return [plain];
  return targets.map((one) => ({
    ...plain,
    label: targets.length > 1 ? '' : label,
    target_user: idsOf('user', [one])[0] ?? null,
    target_group: idsOf('group', [one])[0] ?? null,
  }));
}

interface KeyDialogueProps {
  owner: KeyOwner;
  draft: Draft;
  saving: boolean;
  onClose: () => void;
  onSave: (values: Partial<FunctionKey>[]) => void;
}

export function KeyDialogue({ owner, draft, saving, onClose, onSave }: KeyDialogueProps) {
  const { t } = useTranslation();
  const [now, setNow] = useState<Draft>(draft);
  const [targets, setTargets] = useState(targetsOf(draft));
  const old = draft.id !== undefined;
  const needs = { blf: targets.length, group: targets.length, speed_dial: (now.number ?? '').length, redirect: targets.length, redirect_all: 1, orbit: targets.length, dnd: 1, call_completion: 1, label: 1, separator: 1 }[now.type];
  const shown = targetsOf(draft);
  const name = draft.target_name ?? '';
  const names = shown.length === 1 ? { [shown[0] ?? '']: name } : Object.fromEntries(shown.map((key, index) => [key, name.split(', ')[index] ?? key]));
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (needs) onSave(valuesOf(now, targets).map((values) => (old ? { ...values, column: draft.column } : values)));
  };
  return (
    <Modal opened onClose={onClose} title={old ? t('keys.change') : t(`keys.add.${now.type}`)} closeButtonProps={{ 'aria-label': t('forms.close') }}>
      <form onSubmit={save}>
        <Stack gap="sm">
          {now.type === 'blf' && (
            <Targets owner={owner} label={t('keys.shows')} kinds={['user', 'group']} names={names} max={old ? 1 : undefined} value={targets} onChange={setTargets} />
          )}
          {now.type === 'group' && <Targets owner={owner} label={t('keys.groups')} kinds={['group']} names={names} value={targets} onChange={setTargets} />}
          {now.type === 'redirect' && <Targets owner={owner} label={t('keys.numbers')} kinds={['number']} names={names} value={targets} onChange={setTargets} />}
          {(now.type === 'redirect' || now.type === 'redirect_all') && <Trigger value={now.trigger} onChange={(trigger) => setNow({ ...now, trigger })} />}
          {now.type === 'redirect' && <Text size="sm">{t('keys.numbersHelp')}</Text>}
          {now.type === 'orbit' && <Places max={old ? 1 : undefined} value={targets} onChange={setTargets} />}
          {now.type === 'speed_dial' && (
            <TextInput label={t('keys.number')} withAsterisk value={now.number ?? ''} onChange={({ currentTarget }) => setNow({ ...now, number: currentTarget.value.replace(/[^0-9*#+]/g, '') })} />
          )}
          {now.type !== 'separator' && (targets.length < 2 || now.type === 'group' || now.type === 'redirect') && (
            <TextInput
              label={t('keys.label')}
              description={now.type === 'label' ? undefined : t('keys.labelHelp')}
              maxLength={40}
              value={now.label ?? ''}
              onChange={({ currentTarget }) => setNow({ ...now, label: currentTarget.value })}
            />
          )}
          {targets.length > 1 && (now.type === 'blf' || now.type === 'orbit') && <Text size="sm">{t('keys.several', { count: targets.length })}</Text>}
          <Preview type={now.type} />
        </Stack>
        <Group justify="flex-end" mt="md" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('forms.cancel')}
          </Button>
          <Button type="submit" disabled={!needs} loading={saving}>
            {old ? t('forms.save') : t('forms.create')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
