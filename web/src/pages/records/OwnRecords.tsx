// One's own finished calls. They are found by a scan of all within the period, so the first one is short.
import { useTranslation } from 'react-i18next';
import { RecordTable } from './Records';

export default function OwnRecords() {
  const { t } = useTranslation();
  return <RecordTable id="own-records" title={t('records.own')} collection="me/call-records" firstPeriod="month" />;
}
