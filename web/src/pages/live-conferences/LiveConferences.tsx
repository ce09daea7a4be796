// Conferences that run (CNF-2): who is in, who talks, and what moderators do.
import { Badge, Button, Group } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useConferenceCommands, useLiveConferences, type LiveConference } from '../../api/liveConferences';
import { useConfirm } from '../../forms/confirm';
import { Icon } from '../../shell/icons';
import { notifyDone, notifyError } from '../../shell/notify';
import { Duration } from '../calls/Duration';
import { NumberInput, numberOf } from '../manager/NumberInput';
import classes from './live.module.css';
import { Member } from './Member';

function Invite({ conference }: { conference: LiveConference }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const { invite } = useConferenceCommands(conference.id);
  const number = numberOf(text);
  const call = (event: FormEvent) => {
    event.preventDefault();
    if (!number) return;
    invite.mutate(number, {
      onError: notifyError,
      onSuccess: () => {
        notifyDone(t('liveConferences.invited', { number }));
        setText('');
      },
    });
  };
  return (
    <form onSubmit={call} className={classes.invite}>
      <NumberInput label={t('liveConferences.inviteNumber')} value={text} onChange={setText} />
      <Button type="submit" size="xs" disabled={!number} loading={invite.isPending} leftSection={<Icon name="calls" size={14} />}>
        {t('liveConferences.invite')}
      </Button>
    </form>
  );
}

function Controls({ conference }: { conference: LiveConference }) {
  const { t } = useTranslation();
  const { change, end } = useConferenceCommands(conference.id);
  const [ask, dialogue] = useConfirm();
  const lock = conference.locked ? 'unlock' : 'lock';
  const record = conference.recording ? 'recordStop' : 'record';
  const askAndEnd = async () => {
    const question = { title: t('liveConferences.endTitle', { name: conference.name }), text: t('liveConferences.endText'), confirm: t('liveConferences.end') };
    if (await ask(question)) end.mutate(undefined, { onError: notifyError });
  };
  return (
    <Group gap={6} mt="xs">
      <Button size="compact-sm" variant="light" disabled={change.isPending} onClick={() => change.mutate({ locked: !conference.locked }, { onError: notifyError })}>
        {t(`liveConferences.${lock}`)}
      </Button>
      <Button size="compact-sm" variant="light" disabled={change.isPending} onClick={() => change.mutate({ recording: !conference.recording }, { onError: notifyError })}>
        {t(`liveConferences.${record}`)}
      </Button>
      <Button
        size="compact-sm"
        variant="light"
        color="red"
        loading={end.isPending}
        onClick={() => void askAndEnd()}
      >
        {t('liveConferences.end')}
      </Button>
      {dialogue}
    </Group>
  );
}

function Running({ conference }: { conference: LiveConference }) {
  const { t } = useTranslation();
  const { id, name, since, locked, recording, waits, may_control, members } = conference;
  return (
    <section className={`panel ${classes.box}`} aria-labelledby={`live-conference-${id}`}>
      <Group gap="xs">
        <h2 id={`live-conference-${id}`}>{name}</h2>
        {locked && <Badge color="gray">{t('liveConferences.locked')}</Badge>}
        {recording && <Badge color="red">{t('liveConferences.recording')}</Badge>}
        {waits && <Badge color="brass">{t('liveConferences.waits')}</Badge>}
        <span className={classes.time}>
          {since && <Duration since={since} />}
        </span>
      </Group>
      <ul className={classes.list} aria-label={t('liveConferences.members', { name })}>
        {members.map((member) => (
          <Member key={member.id} member={member} control={may_control} />
        ))}
      </ul>
      {may_control && <Invite conference={conference} />}
      {may_control && <Controls conference={conference} />}
    </section>
  );
}

interface LiveConferencesProps {
  /** Only those of this room, or of this plan; else all that one may see. */
  room?: number;
  plan?: number;
  /** In place of none. */
  none?: ReactNode;
}

export function LiveConferences({ room, plan, none = null }: LiveConferencesProps) {
  const all = useLiveConferences().data ?? [];
  const shown = all.filter((one) => (room === undefined || one.room === room) && (plan === undefined || one.conference === plan));
  if (shown.length === 0) return none;
  return shown.map((one) => <Running key={one.id} conference={one} />);
}
