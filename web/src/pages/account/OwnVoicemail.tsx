// What callers of one's mailboxes hear, and one's own announcements (VMB-3).
import { Divider, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useList } from '../../api/collections';
import type { Announcement, Mailbox } from '../../api/types';
import { useChangeOwnMailbox, useOwnMailboxes } from '../../api/voicemail';
import { fromLocalInput, toLocalInput } from '../../forms/localTime';
import { fieldHelp, fieldLabel } from '../../forms/texts';
import { errorText } from '../../shell/notify';
import { RecordGreeting } from '../../sound/RecordGreeting';
import { AnnouncementTable } from '../announcements/AnnouncementTable';
import classes from '../redirections/redirections.module.css';

const GREETINGS = ['greeting', 'greeting_busy', 'greeting_away'] as const;
const TIMES = ['away_from', 'away_until'] as const;
const MANY = { sort: 'name', per_page: 1000 };

function Greetings({ mailbox }: { mailbox: Mailbox }) {
  const change = useChangeOwnMailbox();
  const known = useList<Announcement>('me/announcements', MANY).data?.items ?? [];
  const data = known.map(({ id, name }) => ({ value: String(id), label: name }));
  const save = (values: Partial<Mailbox>) => change.mutate({ id: mailbox.id, values });
  const away = mailbox.greeting_away !== null;
  return (
    <fieldset className={classes.number}>
      <legend>{mailbox.name}</legend>
      <Stack gap="sm" maw={420}>
        {GREETINGS.map((field) => (
          <Select
            key={field}
            label={fieldLabel('mailbox', field)}
            description={fieldHelp('mailbox', field, false)}
            data={data}
            value={mailbox[field] === null ? null : String(mailbox[field])}
            clearable
            clearButtonProps={{ 'aria-label': fieldHelp('mailbox', field, false) }}
            onChange={(id) => save({ [field]: id === null ? null : Number(id) })}
          />
        ))}
        {away &&
          TIMES.map((field) => (
            <TextInput key={`${field} ${mailbox[field]}`} type="datetime-local" label={fieldLabel('mailbox', field)} defaultValue={toLocalInput(mailbox[field])} onBlur={(event) => save({ [field]: fromLocalInput(event.currentTarget.value) })} />
          ))}
        <div>
          <RecordGreeting mailbox={mailbox} list="me/mailboxes" />
        </div>
        {change.isError && (
          <Text c="red" size="sm" role="alert">
            {errorText(change.error)}
          </Text>
        )}
      </Stack>
    </fieldset>
  );
}

export function OwnVoicemail() {
  const { t } = useTranslation();
  const boxes = useOwnMailboxes();
  return (
    <Stack gap="md">
      {boxes.length === 0 && <Text>{t('voicemail.noMailbox')}</Text>}
      {boxes.map((mailbox) => (
        <Greetings key={mailbox.id} mailbox={mailbox} />
      ))}
      <Divider />
      <Title order={2} size="h4">
        {t('announcements.title')}
      </Title>
      <AnnouncementTable list="me/announcements" />
    </Stack>
  );
}
