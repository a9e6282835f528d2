using System.Text.RegularExpressions;

namespace SpikeTrail.Host.Reports;

/// <summary>Text in GitHub's Markdown. Names come from other people's files: they are shown as they are written, and are neither markup nor HTML.</summary>
internal static partial class MarkdownText
{
    /// <summary>Text without any markup, on one line.</summary>
    public static string Literal(string text) => Special().Replace(text.ReplaceLineEndings(" "), @"\$0");

    /// <summary>Text with <c>**bold**</c> and <c>`code`</c> and no more, on one line.</summary>
    public static string Inline(string text) =>
        Other().Replace(text.ReplaceLineEndings(" "), match => match.Groups["code"].Success ? match.Value : $"\\{match.Value}");

    [GeneratedRegex(@"[\\|*\[\]`]|<(?=[a-zA-Z/!?])")]
    private static partial Regex Special();

    // Within code a backslash would be read as itself.
    [GeneratedRegex(@"(?<code>(?<!`)`[^`]+`(?!`))|\\|(?<!\*)\*(?!\*)|\](?=[(\[:])|<(?=[a-zA-Z/!?])")]
    private static partial Regex Other();
}
