// What others have invited one to: a list, and each with what is needed to take part.
import { Alert, Button, Loader, Stack, Table, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router-dom';
import { invitationPath, pathOf, useJoin, useOwnInvitations } from '../../api/conferences';
import { dateTime } from '../../i18n/format';
import { LiveConferences } from '../live-conferences/LiveConferences';
import { Icon } from '../../shell/icons';
import { errorText, notifyDone, notifyError } from '../../shell/notify';
import { PageFrame } from '../../shell/PageFrame';
import classes from './conferences.module.css';
import { InvitationText } from './InvitationText';
import { seriesText } from './seriesText';

/** Nothing where one is invited to nothing. */
export function OwnInvitations() {
  const { t } = useTranslation();
  const { data, error } = useOwnInvitations();
  if (error) return <Alert color="red">{errorText(error)}</Alert>;
  if (!data?.length) return null;
  return (
    <section className={`panel ${classes.panel}`} aria-label={t('conferences.invited')}>
      <Title order={2} size="h4" mb="xs">
        {t('conferences.invited')}
      </Title>
      <Table.ScrollContainer minWidth={300}>
        <Table aria-label={t('conferences.invited')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('conferences.column.name')}</Table.Th>
              <Table.Th>{t('conferences.column.next')}</Table.Th>
              <Table.Th visibleFrom="sm">{t('conferences.column.series')}</Table.Th>
              <Table.Th visibleFrom="sm">{t('conferences.column.owner')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.map((one) => (
              <Table.Tr key={one.id}>
                <Table.Td>
                  <Link to={invitationPath(one.id)}>{one.name}</Link>
                </Table.Td>
                <Table.Td>{dateTime(one.begins_at)}</Table.Td>
                <Table.Td visibleFrom="sm">{seriesText(t, one)}</Table.Td>
                <Table.Td visibleFrom="sm">{one.owner_name}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}

function JoinButton({ id }: { id: number }) {
  const { t } = useTranslation();
  const join = useJoin();
  const press = () => join.mutate(id, { onSuccess: () => notifyDone(t('conferences.joining')), onError: notifyError });
  return (
    <div>
      <Button leftSection={<Icon name="conference" size={14} />} loading={join.isPending} onClick={press}>
        {t('conferences.join')}
      </Button>
      <Text size="sm" c="dimmed" mt={4}>
        {t('conferences.joinHelp')}
      </Text>
    </div>
  );
}

export default function OwnInvitation() {
  const { t } = useTranslation();
  const { id } = useParams();
  const { data, error } = useOwnInvitations();
  const one = data?.find((each) => each.id === Number(id));
  return (
    <PageFrame title={one?.name ?? t('conferences.invitation')} up={{ to: pathOf('own'), text: t('conferences.title') }}>
      {error && <Alert color="red">{errorText(error)}</Alert>}
      {!error && !data && <Loader size="sm" />}
      {data && !one && <Text>{t('conferences.noInvitation')}</Text>}
      {one && (
        <Stack gap="md" maw={820}>
          <div className={`panel ${classes.panel}`}>
            <Stack gap="md">
              <InvitationText invitation={one} />
              <JoinButton id={one.id} />
            </Stack>
          </div>
          <LiveConferences plan={one.conference} />
        </Stack>
      )}
    </PageFrame>
  );
}
