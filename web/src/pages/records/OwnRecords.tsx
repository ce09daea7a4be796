// One's own finished calls.
import { useTranslation } from 'react-i18next';
import { RecordTable } from './Records';

export default function OwnRecords() {
  const { t } = useTranslation();
  return <RecordTable id="own-records" title={t('records.own')} collection="me/call-records" />;
}
