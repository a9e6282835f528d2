using System.Text;

namespace SpikeTrail.Host.Doctor;

/// <summary>Findings as aligned text, each remedy under what it mends.</summary>
internal static class Findings
{
    public static string Format(IReadOnlyList<Finding> findings)
    {
        var text = new StringBuilder();
        var subjects = findings.Max(finding => finding.Subject.Length);
        foreach (var finding in findings)
        {
            var verdict = Word(finding.Verdict);
            text.Append($"{verdict,-7}  {finding.Subject.PadRight(subjects)}  {finding.Text}\n");
            if (finding.Remedy is not null)
            {
                text.Append($"{"",-7}  {"".PadRight(subjects)}  -> {finding.Remedy}\n");
            }
        }

        return text.ToString();
    }

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Ok => "ok",
        Verdict.Warning => "warning",
        _ => "problem",
    };
}
