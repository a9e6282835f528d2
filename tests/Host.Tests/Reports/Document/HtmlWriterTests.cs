using System.Text.RegularExpressions;
using SpikeTrail.Host.Reports;
using SpikeTrail.Host.Reports.Document;

namespace SpikeTrail.Host.Tests.Reports.Document;

public sealed class HtmlWriterTests
{
    [Fact]
    public void The_page_needs_nothing_but_itself()
    {
        var page = new CampaignReport(SampleResults.Campaign, SampleResults.Provenance).ToHtml();

        Assert.DoesNotMatch(new Regex("""(src|href)="(?!#|data:)""", RegexOptions.None, TimeSpan.FromSeconds(10)), page);
        Assert.Contains("<svg ", page, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme: dark", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_is_text_and_no_markup()
    {
        var document = new ReportDocument();
        document.Heading(1, "<script>alert(1)</script>");
        document.Paragraph("**a < b** and `--set 'x=\"y\"'`");
        var table = new TextTable("name", ">n");
        table.Add("<b>", "1");
        document.Table(table);

        var page = HtmlWriter.Write(document);

        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
        Assert.Contains("<strong>a &lt; b</strong> and <code>--set &#39;x=&quot;y&quot;&#39;</code>", page, StringComparison.Ordinal);
        Assert.Contains("<td>&lt;b&gt;</td><td class=\"right\">1</td>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_figure_refers_to_is_its_own()
    {
        var page = new CampaignReport(SampleResults.Campaign, SampleResults.Provenance).ToHtml();

        var ids = Regex.Matches(page, " id=\"([^\"]+)\"", RegexOptions.None, TimeSpan.FromSeconds(10)).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(Regex.Matches(page, "(?:url\\(|href=\")#([^\")]+)", RegexOptions.None, TimeSpan.FromSeconds(10)), match => Assert.Contains(match.Groups[1].Value, ids));
    }

    [Fact]
    public void Contents_lead_to_every_section()
    {
        var page = new CampaignReport(SampleResults.Campaign, SampleResults.Provenance).ToHtml();

        var links = Regex.Matches(page, "<a href=\"#([^\"]+)\"", RegexOptions.None, TimeSpan.FromSeconds(10)).Select(match => match.Groups[1].Value).ToList();
        Assert.Contains("how-it-was-measured", links);
        Assert.All(links, link => Assert.Contains($"<h2 id=\"{link}\">", page, StringComparison.Ordinal));
    }
}
