// Planned conferences, as a list or by month (CNF-1).
import { Alert, Button, Loader, SegmentedControl, Stack, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import { pathOf, useConferences, type ConferencesOf } from '../../api/conferences';
import { dateTime } from '../../i18n/format';
import { Icon } from '../../shell/icons';
import { errorText } from '../../shell/notify';
import { PageFrame } from '../../shell/PageFrame';
import classes from './conferences.module.css';
import { LiveConferences } from '../live-conferences/LiveConferences';
import { Month } from './Month';
import { OwnInvitations } from './OwnInvitations';
import { seriesText } from './seriesText';

function List({ whose }: { whose: ConferencesOf }) {
  const { t } = useTranslation();
  const { data, error } = useConferences(whose);
  if (error) return <Alert color="red">{errorText(error)}</Alert>;
  if (!data) return <Loader size="sm" />;
  // what is over stands last
  const rows = [...data.items].sort((a, b) => (a.next_from ?? '9').localeCompare(b.next_from ?? '9'));
  if (rows.length === 0) return <Text>{t('conferences.none')}</Text>;
  return (
    <Table.ScrollContainer minWidth={300}>
      <Table aria-label={t('conferences.title')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('conferences.column.name')}</Table.Th>
            <Table.Th>{t('conferences.column.next')}</Table.Th>
            <Table.Th visibleFrom="sm">{t('conferences.column.series')}</Table.Th>
            <Table.Th visibleFrom="sm">{t('conferences.column.participants')}</Table.Th>
            {whose === 'all' && <Table.Th visibleFrom="sm">{t('conferences.column.owner')}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((one) => (
            <Table.Tr key={one.id}>
              <Table.Td>
                <Link to={`${pathOf(whose)}/${one.id}`}>{one.name}</Link>
              </Table.Td>
              <Table.Td>{one.next_from ? dateTime(one.next_from) : t('conferences.over')}</Table.Td>
              <Table.Td visibleFrom="sm">{seriesText(t, one)}</Table.Td>
              <Table.Td visibleFrom="sm">{one.participants}</Table.Td>
              {whose === 'all' && <Table.Td visibleFrom="sm">{one.user_name}</Table.Td>}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

export default function Conferences({ whose = 'own' }: { whose?: ConferencesOf }) {
  const { t } = useTranslation();
  const [view, setView] = useState('list');
  return (
    <PageFrame
      title={whose === 'own' ? t('conferences.title') : t('conferences.all')}
      actions={
        <Button component={Link} to={`${pathOf(whose)}/new`} leftSection={<Icon name="plus" size={14} />}>
          {t('conferences.add')}
        </Button>
      }
    >
      <LiveConferences />
      <Stack gap="md">
        <SegmentedControl
          size="xs"
          style={{ alignSelf: 'flex-start' }}
          aria-label={t('conferences.view')}
          value={view}
          onChange={setView}
          data={['list', 'month'].map((value) => ({ value, label: t(`conferences.views.${value}`) }))}
        />
        <div className={`panel ${classes.panel}`}>{view === 'list' ? <List whose={whose} /> : <Month whose={whose} />}</div>
        {whose === 'own' && view === 'list' && <OwnInvitations />}
      </Stack>
    </PageFrame>
  );
}
