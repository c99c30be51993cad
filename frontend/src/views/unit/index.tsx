/** x */
export default function UnitView() { return null; }
