using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SpikeTrail.Host.Reports;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Host.Live;

/// <summary>
/// The live page's web server: one page, the events that it shows, and the results of campaigns. It reads, and changes nothing;
/// the page needs nothing from anywhere else, and its browser is told to fetch nothing from anywhere else.
/// </summary>
internal sealed class LiveServer : IAsyncDisposable
{
    private const int MostViewers = 32;

    private static readonly TimeSpan SnapshotInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan BeatInterval = TimeSpan.FromSeconds(5);

    private readonly LiveSource _source;
    private readonly LiveEndpoint _endpoint;
    private readonly WebApplication _web;
    private readonly SemaphoreSlim _drawing = new(1);
    private int _viewers;

    private LiveServer(LiveSource source, LiveEndpoint endpoint)
    {
        (_source, _endpoint) = (source, endpoint);
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRoutingCore().AddSingleton<IHostLifetime, SomebodyElsesLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Restrict(kestrel, endpoint.Resolve()));
        _web = builder.Build();
        _web.Use(GuardAsync);
        _web.MapGet("/", context => SendAsync(context, "live.html", "text/html; charset=utf-8"));
        _web.MapGet("/live.js", context => SendAsync(context, "live.js", "text/javascript; charset=utf-8"));
        _web.MapGet("/live.css", context => SendAsync(context, "live.css", "text/css; charset=utf-8"));
        _web.MapGet("/events", ShowAsync);
        _web.MapGet("/campaigns/{name}/results.json", SendResultsAsync);
        _web.MapGet("/campaigns/{name}/report.html", SendReportAsync);
    }

    /// <summary>The page's address.</summary>
    public Uri Address => new(_web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Whether others than this machine's users may see the page.</summary>
    public bool IsPublic => !Address.IsLoopback;

    /// <summary>Opens the page.</summary>
    /// <param name="source">What it is about.</param>
    /// <param name="endpoint">Where it is.</param>
    /// <exception cref="InputException">The address cannot be listened at.</exception>
    public static async Task<LiveServer> StartAsync(LiveSource source, LiveEndpoint endpoint)
    {
        var server = new LiveServer(source, endpoint);
        try
        {
            await server._web.StartAsync();
            return server;
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            // A port in use is an IOException; one that is not allowed, and an address of another machine, are what the socket says.
            await server.DisposeAsync();
            throw new InputException($"cannot show the live page at {endpoint.Host}:{endpoint.Port}: {error.Message.TrimEnd('.')}", error);
        }
    }

    /// <summary>Closes the page; viewers are cut off, and come back by themselves when there is one again.</summary>
    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync();
        await _web.DisposeAsync();
        _drawing.Dispose();
    }

    private static void Restrict(KestrelServerOptions kestrel, IPEndPoint address)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = 4 * MostViewers;
        kestrel.Limits.MaxRequestBodySize = 0;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Listen(address, listen => listen.Protocols = HttpProtocols.Http1);
    }

    /// <summary>Whoever asks by a name that is not this machine's, or for anything but to read, is turned away.</summary>
    private Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        if (!_endpoint.IsCalled(context.Request.Host.Host))
        {
            return RefuseAsync(context, StatusCodes.Status421MisdirectedRequest, "this is not the host that was asked for");
        }

        if (!HttpMethods.IsGet(context.Request.Method))
        {
            headers.Allow = HttpMethods.Get;
            return RefuseAsync(context, StatusCodes.Status405MethodNotAllowed, "this page can only be read");
        }

        return next(context);
    }

    private static Task RefuseAsync(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(reason + "\n", context.RequestAborted);
    }

    private async Task SendAsync(HttpContext context, string resource, string type)
    {
        await using var content = typeof(LiveServer).Assembly.GetManifestResourceStream(typeof(LiveServer), resource)!;
        context.Response.ContentType = type;
        await content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private async Task ShowAsync(HttpContext context)
    {
        var name = context.Request.Query["campaign"].ToString();
        if (name.Length > 0 && !CampaignId.IsValid(name))
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, "no campaign can have this name");
            return;
        }

        try
        {
            if (Interlocked.Increment(ref _viewers) > MostViewers)
            {
                await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "too many viewers");
                return;
            }

            using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _web.Lifetime.ApplicationStopping);
            await ShowAsync(context, new LiveFeed(_source, name.Length == 0 ? null : new(name)), ending.Token);
        }
        catch (OperationCanceledException)
        {
            // The viewer has gone, or the node ends.
        }
        finally
        {
            Interlocked.Decrement(ref _viewers);
        }
    }

    private async Task ShowAsync(HttpContext context, LiveFeed feed, CancellationToken cancel)
    {
        context.Response.ContentType = "text/event-stream";
        var events = new EventStream(context.Response.Body, context.Request.Headers["Last-Event-ID"]);
        await events.BeginAsync(cancel);
        using var timer = new PeriodicTimer(SnapshotInterval, _source.Time);
        var lastSent = _source.Time.GetTimestamp();
        do
        {
            if (await events.ShowAsync(await feed.TakeAsync(cancel), cancel))
            {
                lastSent = _source.Time.GetTimestamp();
            }
            else if (_source.Time.GetElapsedTime(lastSent) >= BeatInterval)
            {
                await events.BeatAsync(cancel);
                lastSent = _source.Time.GetTimestamp();
            }
        }
        while (await timer.WaitForNextTickAsync(cancel));
    }

    private async Task SendResultsAsync(HttpContext context)
    {
        if (FolderOf(context) is not { } folder || !File.Exists(Path.Combine(folder, CampaignReport.ResultsFile)))
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, "no results there");
            return;
        }

        await using var results = File.OpenRead(Path.Combine(folder, CampaignReport.ResultsFile));
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = results.Length;
        await results.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    /// <summary>Sends the report, drawn from the results as they are.</summary>
    private async Task SendReportAsync(HttpContext context)
    {
        if (FolderOf(context) is not { } folder)
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, "no results there");
            return;
        }

        if (await DrawAsync(folder, context.RequestAborted) is not { } page)
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, "no results there that can be read");
            return;
        }

        // The report's style lies in it, and so do its figures' data; it has no script.
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync(page, context.RequestAborted);
    }

    /// <summary>
    /// A folder's report; null where there are no results that can be read. Its figures take a moment of a core, so one is drawn at a time; a viewer who
    /// is slow to take his keeps nobody else waiting.
    /// </summary>
    private async Task<string?> DrawAsync(string folder, CancellationToken cancel)
    {
        await _drawing.WaitAsync(cancel);
        try
        {
            return await Task.Run(() => CampaignReport.Load(folder).ToHtml(), cancel);
        }
        catch (InputException)
        {
            return null;
        }
        finally
        {
            _drawing.Release();
        }
    }

    /// <summary>The folder of the campaign that the address names; null where no campaign can have that name. None names another folder.</summary>
    private string? FolderOf(HttpContext context) =>
        context.GetRouteValue("name") is string name && CampaignId.IsValid(name) ? _source.FolderOf(new(name)) : null;

    /// <summary>The web server neither listens to signals nor writes to the terminal: whoever opened the page does.</summary>
    private sealed class SomebodyElsesLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
