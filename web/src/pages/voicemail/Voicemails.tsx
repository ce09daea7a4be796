// One's own messages, of all mailboxes that are open to oneself (VMB-4, USE-4).
import { Badge, Group, Pagination, SegmentedControl, Select, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useList } from '../../api/collections';
import type { ListParams, Voicemail } from '../../api/types';
import { useOwnMailboxes } from '../../api/voicemail';
import { dateTime, duration } from '../../i18n/format';
import { Icon } from '../../shell/icons';
import { PageFrame } from '../../shell/PageFrame';
import { DialButton } from '../manager/DialNumber';
import { Message } from './Message';
import classes from './voicemail.module.css';

const PER_PAGE = 50;
const FOLDERS: Record<string, ListParams> = {
  inbox: { deleted: 'false' },
  new: { state: 'new' },
  saved: { state: 'saved' },
  trash: { deleted: 'true' },
};

function Row({ message, open, showMailbox, onToggle }: { message: Voicemail; open: boolean; showMailbox: boolean; onToggle: () => void }) {
  const { t } = useTranslation();
  const caller = message.name || message.number || t('voicemail.anonymous');
  return (
    <li className={classes.message} data-state={message.state}>
      <Group gap="sm" wrap="nowrap" className={classes.head}>
        <UnstyledButton className={classes.open} aria-expanded={open} aria-label={t('voicemail.from', { name: caller, at: dateTime(message.received_at) })} onClick={onToggle}>
          <span className={classes.caller}>
            <Icon name={open ? 'down' : 'right'} size={14} /> {caller}
            {message.name && message.number && (
              <Text span c="dimmed" size="sm">
                {' '}
                {message.number}
              </Text>
            )}
          </span>
          <Text span size="sm" c="dimmed">
            {message.kind === 'recording' && `${t('voicemail.recorded')} · `}
            {dateTime(message.received_at)} · {duration(Math.ceil(message.length_ms / 1000))}
            {showMailbox && ` · ${message.mailbox_name}`}
          </Text>
        </UnstyledButton>
        {message.number && <DialButton number={message.number} />}
        <Badge color={message.state === 'new' ? 'brass' : 'gray'}>
          {t(`voicemail.state.${message.state}`)}
        </Badge>
      </Group>
      {open && <Message message={message} onGone={onToggle} />}
    </li>
  );
}

export default function Voicemails() {
  const { t } = useTranslation();
  const [folder, setFolder] = useState('inbox');
  const [mailbox, setMailbox] = useState<string | null>(null);
  const [typed, setTyped] = useState('');
  const [page, setPage] = useState(1);
  const [open, setOpen] = useState<number | null>(null);
  const [search] = useDebouncedValue(typed.trim(), 200);
  const boxes = useOwnMailboxes();
  const list = useList<Voicemail>('me/voicemails', { ...FOLDERS[folder], search, mailbox: mailbox ?? undefined, page, per_page: PER_PAGE });
  const messages = list.data?.items ?? [];
  const pages = Math.ceil((list.data?.total ?? 0) / PER_PAGE);
  const narrow = (act: () => void) => {
    act();
    setPage(1);
  };
  return (
    <PageFrame title={t('voicemail.title')}>
      <Group gap="sm" mb="sm">
        <SegmentedControl
          size="xs"
          aria-label={t('voicemail.folder')}
          value={folder}
          onChange={(next) => narrow(() => setFolder(next))}
          data={Object.keys(FOLDERS).map((value) => ({ value, label: t(`voicemail.folders.${value}`) }))}
        />
        {boxes.length > 1 && (
          <Select
            size="xs"
            clearable
            aria-label={t('voicemail.mailbox')}
            placeholder={t('voicemail.allMailboxes')}
            data={boxes.map(({ id, name }) => ({ value: String(id), label: name }))}
            value={mailbox}
            onChange={(next) => narrow(() => setMailbox(next))}
            clearButtonProps={{ 'aria-label': t('forms.clear') }}
          />
        )}
        <TextInput size="xs" type="search" role="searchbox" aria-label={t('voicemail.search')} placeholder={t('voicemail.search')} value={typed} onChange={(event) => narrow(() => setTyped(event.currentTarget.value))} />
      </Group>
      {!list.isPending && messages.length === 0 && <Text role="status">{t(boxes.length ? 'voicemail.none' : 'voicemail.noMailbox')}</Text>}
      <ul className={classes.list} aria-label={t('voicemail.title')}>
        {messages.map((message) => (
          <Row key={message.id} message={message} open={open === message.id} showMailbox={boxes.length > 1} onToggle={() => setOpen(open === message.id ? null : message.id)} />
        ))}
      </ul>
      {pages > 1 && <Pagination mt="md" total={pages} value={page} onChange={setPage} getControlProps={(control) => ({ 'aria-label': t(`voicemail.page.${control}`) })} />}
    </PageFrame>
  );
}
