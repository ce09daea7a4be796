// Somebody in a conference, and what a moderator does with him.
import { ActionIcon, Badge, Button, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMemberCommands, type LiveMember } from '../../api/liveConferences';
import { Icon } from '../../shell/icons';
import { notifyError } from '../../shell/notify';
import { Duration } from '../calls/Duration';
import { Levels } from './Levels';
import classes from './live.module.css';

function States({ member }: { member: LiveMember }) {
  const { t } = useTranslation();
  return (
    <>
      {member.moderator && <Badge color="petrol">{t('liveConferences.moderator')}</Badge>}
      {member.asked && <Badge color="gray">{t('liveConferences.asked')}</Badge>}
      {member.silenced && <Badge color="red">{t('liveConferences.silenced')}</Badge>}
      {member.muted && <Badge color="gray">{t('liveConferences.muted')}</Badge>}
      {member.wants_to_speak && <Badge color="brass">{t('liveConferences.wantsToSpeak')}</Badge>}
    </>
  );
}

export function Member({ member, control }: { member: LiveMember; control: boolean }) {
  const { t } = useTranslation();
  const { change, remove } = useMemberCommands(member.id);
  const who = member.name || member.number || t('manager.somebody');
  const silence = member.silenced ? 'letSpeak' : 'silence';
  return (
    <li className={classes.member} data-talking={member.talking || undefined}>
      <span className={classes.voice} role="img" aria-label={member.talking ? t('liveConferences.talks', { who }) : t('liveConferences.isSilent', { who })}>
        <Icon name="microphone" size={16} />
      </span>
      <span className={classes.who}>{who}</span>
      {member.name && member.number && <span className={classes.number}>{member.number}</span>}
      <States member={member} />
      <span className={classes.time}>{!member.asked && member.since && <Duration since={member.since} />}</span>
      {control && (
        <span className={classes.buttons}>
          {!member.asked && (
            <Button
              size="compact-xs"
              variant="light"
              color={member.silenced ? 'green' : 'gray'}
              aria-label={`${t(`liveConferences.${silence}`)}: ${who}`}
              loading={change.isPending}
              onClick={() => change.mutate({ silenced: !member.silenced }, { onError: notifyError })}
            >
              {t(`liveConferences.${silence}`)}
            </Button>
          )}
          {!member.asked && <Levels member={member} who={who} />}
          <Tooltip label={t('liveConferences.remove', { who })}>
            <ActionIcon
              variant="subtle"
              color="red"
              size="sm"
              aria-label={t('liveConferences.remove', { who })}
              loading={remove.isPending}
              onClick={() => remove.mutate(undefined, { onError: notifyError })}
            >
              <Icon name="hangup" size={15} />
            </ActionIcon>
          </Tooltip>
        </span>
      )}
    </li>
  );
}
