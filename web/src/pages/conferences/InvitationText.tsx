// What somebody who is invited needs to take part: when, where to dial, his PIN.
import { Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Invitation } from '../../api/conferences';
import { dateTime } from '../../i18n/format';
import classes from './conferences.module.css';

export function InvitationText({ invitation }: { invitation: Invitation }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      <Text>{t('conferences.invitedBy', { name: invitation.participant_name, owner: invitation.owner_name })}</Text>
      <Text>
        <strong>{dateTime(invitation.begins_at)}</strong>
        <br />
        <Text span size="sm" c="dimmed">
          {t('conferences.yourZone', { zone: Intl.DateTimeFormat().resolvedOptions().timeZone })}
        </Text>
      </Text>
      {invitation.message && <Text className={classes.preview}>{invitation.message}</Text>}
      <div>
        <Title order={2} size="h4">
          {t('conferences.dialIn')}
        </Title>
        <Text className={classes.preview}>{invitation.numbers || t('conferences.noNumbers')}</Text>
      </div>
      <Text>
        {t('conferences.yourPin')} <strong className="mono">{invitation.pin}</strong>
        {invitation.moderator && ` · ${t('conferences.youModerate')}`}
      </Text>
      {invitation.participants.length > 0 && <Text size="sm">{t('conferences.with', { names: invitation.participants.join(', ') })}</Text>}
    </Stack>
  );
}
