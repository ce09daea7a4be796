// Who is invited: users by search, others by name, mail and number. Each has a PIN of their own.
import { ActionIcon, Alert, Badge, Button, Checkbox, Group, Loader, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvitees, useParticipants, type ConferencesOf } from '../../api/conferences';
import type { Conference, ConferenceParticipant } from '../../api/types';
import { FieldGroup } from '../../forms/FieldGroup';
import { fieldLabel } from '../../forms/texts';
import { dateTime } from '../../i18n/format';
import { Icon } from '../../shell/icons';
import { errorText, notifyDone, notifyError } from '../../shell/notify';
import classes from './conferences.module.css';

type Store = ReturnType<typeof useParticipants>;

const nameOf = ({ user_name, name }: ConferenceParticipant) => user_name || name;

function Participant({ one, store }: { one: ConferenceParticipant; store: Store }) {
  const { t } = useTranslation();
  const name = nameOf(one);
  const set = (values: Partial<ConferenceParticipant>) => store.save.mutate({ id: one.id, values }, { onError: notifyError });
  return (
    <li className={classes.participant} aria-label={name}>
      <div>
        <strong>{name}</strong> {!one.user && <Badge color="gray">{t('conferences.external')}</Badge>}
        <Text size="sm" c="dimmed">
          {[one.mail, one.number].filter(Boolean).join(' · ')}
        </Text>
        <Text size="sm">
          {fieldLabel('conference_participant', 'pin')}: <span className="mono">{one.pin}</span>
        </Text>
      </div>
      <Group gap="sm">
        <Switch
          label={fieldLabel('conference_participant', 'moderator')}
          checked={one.moderator}
          onChange={(event) => set({ moderator: event.currentTarget.checked })}
        />
        <Switch
          label={fieldLabel('conference_participant', 'call_on_start')}
          checked={one.call_on_start}
          onChange={(event) => set({ call_on_start: event.currentTarget.checked })}
        />
        <ActionIcon
          variant="subtle"
          color="red"
          aria-label={t('conferences.takeOut', { name })}
          onClick={() => store.remove.mutate([one.id], { onSuccess: () => notifyDone(t('conferences.takenOut', { name })), onError: notifyError })}
        >
          <Icon name="close" size={16} />
        </ActionIcon>
      </Group>
    </li>
  );
}

function InviteUser({ whose, conference, store, invited }: { whose: ConferencesOf; conference: number; store: Store; invited: Set<number | null> }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed.trim(), 200);
  const people = useInvitees(whose, search).data?.items ?? [];
  const invite = (id: string | null) => {
    if (!id) return;
    setTyped('');
    store.save.mutate({ id: null, values: { conference, user: Number(id) } }, { onError: notifyError });
  };
  return (
    <Select
      label={t('conferences.inviteUser')}
      placeholder={t('conferences.search')}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      filter={({ options }) => options}
      value={null}
      onChange={invite}
      nothingFoundMessage={t('conferences.nobody')}
      data={people.filter(({ id }) => !invited.has(id)).map(({ id, first_name, last_name }) => ({ value: String(id), label: `${first_name} ${last_name}` }))}
    />
  );
}

const NOBODY = { name: '', mail: '', number: '', moderator: false };

function InviteOther({ conference, store }: { conference: number; store: Store }) {
  const { t } = useTranslation();
  const [who, setWho] = useState(NOBODY);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    store.save.mutate({ id: null, values: { ...who, conference } }, { onSuccess: () => setWho(NOBODY), onError: notifyError });
  };
  const input = (field: 'name' | 'mail' | 'number', type: string) => (
    <TextInput
      label={fieldLabel('conference_participant', field)}
      type={type}
      autoComplete="off"
      value={who[field]}
      onChange={(event) => setWho({ ...who, [field]: event.currentTarget.value })}
    />
  );
  return (
    <form onSubmit={submit} aria-label={t('conferences.inviteOther')}>
      <Text fw={600} mb={4}>
        {t('conferences.inviteOther')}
      </Text>
      <Group gap="sm" align="flex-end">
        {input('name', 'text')}
        {input('mail', 'email')}
        {input('number', 'tel')}
        <Checkbox
          mb={8}
          label={fieldLabel('conference_participant', 'moderator')}
          checked={who.moderator}
          onChange={(event) => setWho({ ...who, moderator: event.currentTarget.checked })}
        />
        <Button type="submit" disabled={!who.name.trim()} loading={store.save.isPending}>
          {t('conferences.invite')}
        </Button>
      </Group>
    </form>
  );
}

/** What all invitations have in common; the PIN is each one's own. */
function Preview({ conference }: { conference: Conference }) {
  const { t } = useTranslation();
  const lines = [conference.name, conference.next_from && dateTime(conference.next_from), conference.message, `${t('conferences.dialIn')}: ${conference.dial_in}`];
  return (
    <FieldGroup title={t('conferences.preview')}>
      <Text size="sm" className={classes.preview}>
        {lines.filter(Boolean).join('\n')}
      </Text>
    </FieldGroup>
  );
}

export function Participants({ whose, conference }: { whose: ConferencesOf; conference: Conference }) {
  const { t } = useTranslation();
  const store = useParticipants(whose, conference.id);
  if (store.error) return <Alert color="red">{errorText(store.error)}</Alert>;
  if (!store.participants) return <Loader size="sm" />;
  return (
    <Stack gap="md" maw={820}>
      <Text c="dimmed">{t('conferences.participantsIntro')}</Text>
      {store.participants.length === 0 ? (
        <Text>{t('conferences.nobodyInvited')}</Text>
      ) : (
        <ul style={{ padding: 0, margin: 0, listStyle: 'none' }}>
          {store.participants.map((one) => (
            <Participant key={one.id} one={one} store={store} />
          ))}
        </ul>
      )}
      <InviteUser whose={whose} conference={conference.id} store={store} invited={new Set(store.participants.map(({ user }) => user ?? null))} />
      <InviteOther conference={conference.id} store={store} />
      <Preview conference={conference} />
    </Stack>
  );
}
