import { Alert, Button, Group, NumberInput, SegmentedControl, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { api, query } from '../../../api/client';
import { ApiError, type FieldError } from '../../../api/error';
import type { Page, User } from '../../../api/types';
import { FieldGroup } from '../../../forms/FieldGroup';
import classes from '../../../forms/forms.module.css';
import { RefListField } from '../../../forms/RefListField';
import { RefSelect } from '../../../forms/RefSelect';
import { fieldErrorText, notifyError } from '../../../shell/notify';
import { byLine, byPattern, doubled, MOST } from './names';
import { useMakePhones, type MadePhones } from './useMakePhones';

const SHOWN = 4;
const USERS_MAX = 1000;

type Way = 'pattern' | 'list';

async function withoutPhone(): Promise<number[]> {
  const { items } = await api.get<Page<User>>(`users${query({ page: 1, per_page: USERS_MAX })}`);
  return items.filter(({ phones }) => phones.length === 0).map(({ id }) => id);
}

function Preview({ names }: { names: string[] }) {
  const { t } = useTranslation();
  const twice = doubled(names);
  const shown = names.length > SHOWN ? [...names.slice(0, SHOWN - 1), '…', names.at(-1)].join(', ') : names.join(', ');
  if (names.length === 0) return <Text c="dimmed">{t('phones.several.none')}</Text>;
  if (names.length > MOST) return <Text c="red">{t('phones.several.tooMany', { max: MOST })}</Text>;
  if (twice) return <Text c="red">{t('phones.several.doubled', { name: twice })}</Text>;
  return <Text>{t('phones.several.preview', { count: names.length, names: shown })}</Text>;
}

export function NamesForm({ onMade }: { onMade: (made: MadePhones) => void }) {
  const { t } = useTranslation();
  const [way, setWay] = useState<Way>('pattern');
  const [pattern, setPattern] = useState('');
  const [first, setFirst] = useState<number | string>(201);
  const [count, setCount] = useState<number | string>(10);
  const [list, setList] = useState('');
  const [type, setType] = useState<number | null>(null);
  const [users, setUsers] = useState<number[]>([]);
  const [faults, setFaults] = useState<FieldError[]>([]);
  const make = useMakePhones();

  const names = way === 'pattern' ? byPattern(pattern, Number(first), Number(count)) : byLine(list);
  const good = names.length > 0 && names.length <= MOST && !doubled(names);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setFaults([]);
    make.mutate(
      { names, type, users },
      {
        onSuccess: onMade,
        onError: (error) => (error instanceof ApiError && error.fields.length ? setFaults(error.fields) : notifyError(error)),
      },
    );
  };
  return (
    <form onSubmit={submit} noValidate className={classes.form} style={{ padding: 16 }}>
      <FieldGroup title={t('phones.several.names')}>
        <Stack gap="sm">
          <SegmentedControl
            name="way"
            style={{ alignSelf: 'flex-start' }}
            aria-label={t('phones.several.names')}
            data={[
              { value: 'pattern', label: t('phones.several.byPattern') },
              { value: 'list', label: t('phones.several.byList') },
            ]}
            value={way}
            onChange={(next) => setWay(next as Way)}
          />
          {way === 'pattern' ? (
            <SimpleGrid cols={{ base: 1, sm: 3 }}>
              <TextInput name="pattern" label={t('phones.several.pattern')} description={t('phones.several.patternHelp')} inputWrapperOrder={['label', 'input', 'description']} value={pattern} onChange={(event) => setPattern(event.currentTarget.value)} />
              <NumberInput name="first" label={t('phones.several.first')} min={0} allowDecimal={false} hideControls value={first} onChange={setFirst} />
              <NumberInput name="count" label={t('phones.several.count')} min={1} max={MOST} allowDecimal={false} hideControls value={count} onChange={setCount} />
            </SimpleGrid>
          ) : (
            <Textarea name="list" label={t('phones.several.list')} description={t('phones.several.listHelp')} autosize minRows={5} maxRows={16} value={list} onChange={(event) => setList(event.currentTarget.value)} />
          )}
          <div role="status">
            <Preview names={names} />
          </div>
        </Stack>
      </FieldGroup>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <RefSelect name="type" label={t('phones.several.type')} entity="device_type" value={type} onChange={setType} />
        <div>
          <RefListField label={t('phones.several.users')} description={t('phones.several.usersHelp')} entity="user" primary={false} value={users} onChange={setUsers} />
          <Button mt="xs" size="xs" variant="default" onClick={() => void withoutPhone().then(setUsers, notifyError)}>
            {t('phones.several.withoutPhone')}
          </Button>
        </div>
      </SimpleGrid>
      {faults.length > 0 && (
        <Alert color="red" title={t('bulk.refused')}>
          {faults.map((fault, index) => (
            <Text key={index} size="sm">
              {[fault.row && names[fault.row - 1], fault.field === 'name' && fault.code === 'bad_characters' ? t('errors.pattern.phone.name') : fieldErrorText(fault)].filter(Boolean).join(': ')}
            </Text>
          ))}
        </Alert>
      )}
      <Group justify="flex-end" className={classes.actions}>
        <Button type="submit" disabled={!good} loading={make.isPending}>
          {t('phones.several.create', { count: names.length })}
        </Button>
      </Group>
    </form>
  );
}
